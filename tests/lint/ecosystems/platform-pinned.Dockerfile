FROM --platform=linux/amd64 ubuntu:22.04 AS build
RUN apt-get update && apt-get install -y gcc
FROM --platform=$TARGETPLATFORM ubuntu:22.04
COPY --from=build /etc/hostname /x
FROM --platform=linux/arm64 alpine:3.20 AS arm64-extra
RUN true
