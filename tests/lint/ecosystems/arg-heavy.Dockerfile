ARG REGISTRY=docker.io
ARG BASE=debian
ARG VERSION=12
ARG SUFFIX=-slim
FROM ${REGISTRY}/library/${BASE}:${VERSION}${SUFFIX} AS base
ARG VERSION
ARG APP_VERSION="1.0.0"
ARG BUILD_DATE VCS_REF
LABEL org.opencontainers.image.created=$BUILD_DATE org.opencontainers.image.revision=$VCS_REF org.opencontainers.image.version=$APP_VERSION
ENV APP_VERSION=${APP_VERSION} APP_HOME=/opt/app APP_BIN=$APP_HOME/bin
RUN echo "${VERSION:-none} ${APP_VERSION%.*}"
WORKDIR ${APP_HOME}
CMD ["./run"]
