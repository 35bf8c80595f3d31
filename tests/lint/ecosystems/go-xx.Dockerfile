# syntax=docker/dockerfile:1
FROM --platform=$BUILDPLATFORM tonistiigi/xx:1.6.1 AS xx
FROM --platform=$BUILDPLATFORM golang:1.24-bookworm AS build
COPY --from=xx / /
ARG TARGETPLATFORM
RUN apt-get update && apt-get install -y clang lld
RUN xx-apt-get install -y binutils gcc libc6-dev
WORKDIR /src
COPY . .
RUN xx-go build -o /app . && xx-verify /app
FROM debian:bookworm-slim
COPY --from=build /app /usr/local/bin/app
CMD app --listen :8080
