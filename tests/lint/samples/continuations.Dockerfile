FROM debian:12
RUN apt-get update \
    # the tools
    && apt-get install -y --no-install-recommends \

      jq=1.6-2.1 \
      # and this
      less \
    && rm -rf /var/lib/apt/lists/*
RUN ["apt-get", "clean"]
RUN [ "a", "b" ]
HEALTHCHECK --interval=30s \
  CMD curl -f http://localhost/ || exit 1
HEALTHCHECK NONE
