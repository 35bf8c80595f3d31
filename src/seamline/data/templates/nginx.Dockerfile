# syntax=docker/dockerfile:1
# {base}
{from} nginx:1.28
# {config}
COPY --chown=0:0 --chmod=0644 nginx.conf /etc/nginx/nginx.conf
COPY --chown=0:0 --chmod=0644 index.html /srv/www/index.html
# {label}
ARG REVISION=unknown
LABEL org.opencontainers.image.source="https://git.example/app" org.opencontainers.image.revision=$REVISION
# {user}
USER 101:101
EXPOSE 8080
# {health}
HEALTHCHECK --interval=30s --timeout=3s --start-period=5s CMD ["curl", "-fsS", "-o", "/dev/null", "http://127.0.0.1:8080/healthz"]
# {start}
ENTRYPOINT ["nginx", "-e", "stderr", "-g", "daemon off;"]
STOPSIGNAL SIGQUIT
