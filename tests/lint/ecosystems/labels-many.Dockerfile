FROM alpine:3.20
LABEL maintainer="a@b.c"
LABEL org.opencontainers.image.title="" \
      org.opencontainers.image.url=example \
      org.opencontainers.image.source=https://git.example/a \
      org.opencontainers.image.created="yesterday" \
      org.opencontainers.image.version=v1 \
      org.opencontainers.image.licenses="MIT" \
      Bad.Key=1
USER 65532:65532
