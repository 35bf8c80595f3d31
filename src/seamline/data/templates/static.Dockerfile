# syntax=docker/dockerfile:1
# {program}
FROM scratch
COPY --chmod=0755 app /app
# {label}
ARG REVISION=unknown
LABEL org.opencontainers.image.source="https://git.example/app" org.opencontainers.image.revision=$REVISION
# {user}
USER 10001:10001
EXPOSE 8080
# {health}
HEALTHCHECK --interval=30s --timeout=3s --start-period=5s CMD ["/app", "-health"]
# {start}
ENTRYPOINT ["/app"]
