FROM debian:bookworm
ENV NGINX_VERSION=1.26.2
RUN set -eux; \
    apt-get update; \
    apt-get install -y --no-install-recommends build-essential libpcre3-dev zlib1g-dev curl ca-certificates; \
    curl -fsSLO https://nginx.org/download/nginx-$NGINX_VERSION.tar.gz; \
    tar xzf nginx-$NGINX_VERSION.tar.gz; \
    cd nginx-$NGINX_VERSION; \
    ./configure --prefix=/opt/nginx; \
    make -j"$(nproc)"; \
    make install; \
    apt-get purge -y --auto-remove build-essential; \
    rm -rf /var/lib/apt/lists/*
CMD ["/opt/nginx/sbin/nginx", "-g", "daemon off;"]
