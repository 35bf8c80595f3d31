# syntax=docker/dockerfile:1
# {base}
{from} golang:1.25 AS build
WORKDIR /src
# {lock}
COPY go.mod main.go ./
RUN --mount=type=cache,target=/root/.cache/go-build CGO_ENABLED=0 go build -trimpath -ldflags=-s -o /app .

# {scratch}
FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /app /app
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
