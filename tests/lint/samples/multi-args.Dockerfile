ARG BASE=debian
ARG VERSION=12
ARG EXTRA
FROM ${BASE}:${VERSION} AS one
FROM one AS two
ENV A=1 B=$A
RUN echo "${A:-none}" ${B:+set}
FROM registry.corp.example/app:${EXTRA:-stable} AS three
COPY --from=two /a /a
COPY --from=missing /b /b
FROM two
COPY --from=three / /
USER 0:0
