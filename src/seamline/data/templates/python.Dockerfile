# syntax=docker/dockerfile:1
# {base}
{from} python:3.13-slim AS build
WORKDIR /app
# {lock}
COPY requirements.txt .
RUN --mount=type=cache,target=/root/.cache/pip python -m venv /venv && /venv/bin/pip install --require-hashes -r requirements.txt

# {final}
{from} python:3.13-slim
COPY --from=build /venv /venv
COPY app.py /app/app.py
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
# {label}
ARG REVISION=unknown
LABEL org.opencontainers.image.source="https://git.example/app" org.opencontainers.image.revision=$REVISION
# {user}
USER 10001:10001
EXPOSE 8080
# {health}
HEALTHCHECK --interval=30s --timeout=3s --start-period=5s CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/healthz', timeout=2)"]
# {start}
ENTRYPOINT ["python", "/app/app.py"]
