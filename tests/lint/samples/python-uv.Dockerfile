# syntax=docker/dockerfile:1.9
FROM ghcr.io/astral-sh/uv:0.5.4 AS uv
FROM python:3.13-slim-bookworm AS build
COPY --from=uv /uv /bin/uv
WORKDIR /srv
ENV UV_LINK_MODE=copy
RUN --mount=type=cache,target=/root/.cache/uv \
    --mount=type=bind,source=uv.lock,target=uv.lock \
    uv sync --frozen --no-dev
FROM python:3.13-slim-bookworm
RUN groupadd -g 3000 app && useradd -u 3000 -g app -l app
COPY --from=build --chown=3000:3000 /srv /srv
USER 3000:3000
HEALTHCHECK --interval=10s CMD ["python3", "-c", "import socket"]
ENTRYPOINT ["/srv/.venv/bin/serve"]
