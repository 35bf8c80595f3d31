# syntax = docker/dockerfile:1

# A comment far above

# hadolint global ignore=DL3059
FROM debian:12-slim
# hadolint ignore=DL3008,DL3015
RUN apt-get update \
    # between
    && apt-get install -y \
    # tools

    curl \
    && rm -rf /var/lib/apt/lists/*
# check=skip=JSONArgsRecommended
CMD curl localhost
