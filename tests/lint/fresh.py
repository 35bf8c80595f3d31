"""Dockerfiles as people write them today, of our own writing: what reading lint's words and mends of them by eye brought up."""

from __future__ import annotations

FRESH: dict[str, str] = {}
FRESH["go-multi"] = """# syntax=docker/dockerfile:1
ARG GO_VERSION=1.24
FROM --platform=$BUILDPLATFORM golang:${GO_VERSION}-bookworm AS build
ARG TARGETOS TARGETARCH
WORKDIR /src
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=bind,source=go.sum,target=go.sum --mount=type=bind,source=go.mod,target=go.mod go mod download -x
COPY . .
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \\
    CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH go build -trimpath -ldflags="-s -w -X main.version=$(git describe --tags)" -o /out/server ./cmd/server
FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /out/server /server
EXPOSE 8080
ENTRYPOINT ["/server"]
"""
FRESH["node-pnpm"] = """FROM node:22-slim AS base
ENV PNPM_HOME="/pnpm"
ENV PATH="$PNPM_HOME:$PATH"
RUN corepack enable
FROM base AS deps
WORKDIR /app
COPY package.json pnpm-lock.yaml ./
RUN --mount=type=cache,id=pnpm,target=/pnpm/store pnpm install --frozen-lockfile --prod
FROM base AS build
WORKDIR /app
COPY . .
RUN pnpm install --frozen-lockfile && pnpm run build
FROM base
WORKDIR /app
COPY --from=deps /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
ENV NODE_ENV production
EXPOSE 3000
CMD node dist/main.js
"""
FRESH["java-layers"] = """FROM eclipse-temurin:21-jdk AS builder
WORKDIR /workspace
COPY mvnw pom.xml ./
COPY .mvn .mvn
RUN --mount=type=secret,id=maven_settings,target=/root/.m2/settings.xml ./mvnw -B dependency:go-offline
COPY src src
RUN ./mvnw -B package -DskipTests && java -Djarmode=layertools -jar target/*.jar extract --destination extracted
FROM eclipse-temurin:21-jre
RUN groupadd -r spring && useradd -r -g spring spring
USER spring:spring
WORKDIR /app
COPY --from=builder /workspace/extracted/dependencies/ ./
COPY --from=builder /workspace/extracted/application/ ./
ENTRYPOINT exec java $JAVA_OPTS org.springframework.boot.loader.launch.JarLauncher
"""
FRESH["python-poetry"] = """FROM python:3.12-slim AS base
ENV PYTHONUNBUFFERED=1 \\
    PIP_NO_CACHE_DIR=off \\
    POETRY_VERSION=1.8.3
RUN apt-get update && apt-get install -y --no-install-recommends build-essential libpq-dev && rm -rf /var/lib/apt/lists/*
RUN curl -sSL https://install.python-poetry.org | python3 -
RUN pip install "poetry==$POETRY_VERSION"
WORKDIR /app
COPY poetry.lock pyproject.toml /app/
RUN poetry config virtualenvs.create false && poetry install --no-dev --no-interaction
COPY . /app
EXPOSE 8000
CMD gunicorn app.wsgi:application --bind 0.0.0.0:8000 --workers ${WORKERS:-4}
"""
FRESH["php-fpm-ext"] = """FROM composer:2 AS vendor
WORKDIR /app
COPY composer.json composer.lock ./
RUN --mount=type=ssh composer install --no-dev --prefer-dist --no-scripts
FROM php:8.3-fpm
RUN apt-get update; \\
    apt-get install -y libzip-dev zlib1g-dev; \\
    docker-php-ext-install pdo_mysql zip; \\
    pecl install redis && docker-php-ext-enable redis
COPY --from=vendor /app/vendor /var/www/html/vendor
ADD . /var/www/html
RUN chown -R www-data:www-data /var/www/html && chmod -R 777 storage bootstrap/cache
USER www-data
EXPOSE 9000
CMD ["php-fpm"]
"""
FRESH["ruby-rails"] = """ARG RUBY_VERSION=3.3.4
FROM registry.docker.com/library/ruby:$RUBY_VERSION-slim as base
WORKDIR /rails
ENV RAILS_ENV="production" BUNDLE_DEPLOYMENT="1" BUNDLE_PATH="/usr/local/bundle" BUNDLE_WITHOUT="development"
FROM base as build
RUN apt-get update -qq && apt-get install --no-install-recommends -y build-essential git libpq-dev pkg-config
COPY Gemfile Gemfile.lock ./
RUN bundle install && rm -rf ~/.bundle/ "${BUNDLE_PATH}"/ruby/*/cache
COPY . .
RUN SECRET_KEY_BASE_DUMMY=1 ./bin/rails assets:precompile
FROM base
RUN apt-get update -qq && apt-get install --no-install-recommends -y curl libvips postgresql-client && rm -rf /var/lib/apt/lists /var/cache/apt/archives
COPY --from=build /usr/local/bundle /usr/local/bundle
COPY --from=build /rails /rails
RUN useradd rails --create-home --shell /bin/bash && chown -R rails:rails db log storage tmp
USER rails:rails
ENTRYPOINT ["/rails/bin/docker-entrypoint"]
EXPOSE 3000
CMD ["./bin/rails", "server"]
"""
FRESH["rust-chef"] = """FROM lukemathwalker/cargo-chef:latest-rust-1 AS chef
WORKDIR /app
FROM chef AS planner
COPY . .
RUN cargo chef prepare --recipe-path recipe.json
FROM chef AS builder
COPY --from=planner /app/recipe.json recipe.json
RUN cargo chef cook --release --recipe-path recipe.json
COPY . .
RUN cargo build --release --bin app
FROM debian:bookworm-slim AS runtime
WORKDIR /app
COPY --from=builder /app/target/release/app /usr/local/bin
ENTRYPOINT ["/usr/local/bin/app"]
"""
FRESH["dotnet-8"] = """FROM mcr.microsoft.com/dotnet/aspnet:8.0 AS base
USER $APP_UID
WORKDIR /app
EXPOSE 8080
EXPOSE 8081
FROM mcr.microsoft.com/dotnet/sdk:8.0 AS build
ARG BUILD_CONFIGURATION=Release
WORKDIR /src
COPY ["Web/Web.csproj", "Web/"]
RUN dotnet restore "./Web/Web.csproj"
COPY . .
WORKDIR "/src/Web"
RUN dotnet build "./Web.csproj" -c $BUILD_CONFIGURATION -o /app/build
FROM build AS publish
RUN dotnet publish "./Web.csproj" -c $BUILD_CONFIGURATION -o /app/publish /p:UseAppHost=false
FROM base AS final
WORKDIR /app
COPY --from=publish /app/publish .
ENTRYPOINT ["dotnet", "Web.dll"]
"""
FRESH["heredoc-all"] = """# syntax=docker/dockerfile:1.7
FROM ubuntu:24.04
RUN <<EOF
set -eux
apt-get update
apt-get install -y nginx
EOF
COPY <<"NGINX" /etc/nginx/conf.d/app.conf
server { listen 8080; root $document_root; }
NGINX
RUN <<PY python3
print("hello")
PY
CMD ["nginx", "-g", "daemon off;"]
"""
FRESH["ssh-mount"] = """FROM alpine:3.20
RUN apk add openssh-client git
RUN mkdir -p -m 0700 ~/.ssh && ssh-keyscan github.com >> ~/.ssh/known_hosts
RUN --mount=type=ssh git clone git@github.com:org/repo.git /src
WORKDIR /src
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci
CMD ./run.sh
"""
FRESH["onbuild-parent"] = """FROM node:20
ONBUILD COPY package.json /usr/src/app/
ONBUILD RUN npm install && npm cache clean --force
ONBUILD COPY . /usr/src/app
WORKDIR /usr/src/app
CMD [ "npm", "start" ]
"""
FRESH["arg-scopes"] = """ARG BASE=debian:12-slim
ARG VERSION=1.2.3
FROM ${BASE} AS fetch
ARG VERSION
ADD https://example.org/tool-${VERSION}.tar.gz /tmp/tool.tgz
RUN tar xzf /tmp/tool.tgz -C /opt
FROM $BASE
ARG USERNAME=app
ARG UID=1000
RUN useradd -m -u $UID $USERNAME
COPY --from=fetch --chown=$UID /opt/tool /opt/tool
USER $USERNAME
LABEL version=$VERSION
CMD ["/opt/tool/bin/tool"]
"""
FRESH["windows-escape"] = """# escape=`
FROM mcr.microsoft.com/windows/servercore:ltsc2022
SHELL ["powershell", "-Command", "$ErrorActionPreference = 'Stop';"]
RUN Invoke-WebRequest https://example.org/a.zip -OutFile C:\\a.zip ; `
    Expand-Archive C:\\a.zip -DestinationPath C:\\app ; `
    Remove-Item C:\\a.zip
WORKDIR C:\\app
COPY app.config C:\\app\\
ENTRYPOINT C:\\app\\app.exe
"""
FRESH["nginx-spa"] = """FROM node:18-alpine as build
WORKDIR /app
COPY package*.json ./
RUN npm ci --silent
COPY . .
ARG REACT_APP_API_URL
ENV REACT_APP_API_URL $REACT_APP_API_URL
RUN npm run build
FROM nginx:stable-alpine
COPY --from=build /app/build /usr/share/nginx/html
EXPOSE 80
CMD ["nginx", "-g", "daemon off;"]
"""
FRESH["conda"] = """FROM continuumio/miniconda3
WORKDIR /app
COPY environment.yml .
RUN conda env create -f environment.yml
SHELL ["conda", "run", "-n", "myenv", "/bin/bash", "-c"]
RUN echo "Make sure flask is installed:" && python -c "import flask"
COPY run.py .
ENTRYPOINT ["conda", "run", "--no-capture-output", "-n", "myenv", "python", "run.py"]
"""
FRESH["cuda"] = """FROM nvidia/cuda:12.4.1-cudnn-runtime-ubuntu22.04
ENV DEBIAN_FRONTEND=noninteractive TZ=Etc/UTC
RUN apt-get update && apt-get install -y --no-install-recommends python3-pip git ffmpeg && rm -rf /var/lib/apt/lists/*
RUN pip3 install --no-cache-dir torch==2.3.0 --index-url https://download.pytorch.org/whl/cu121
RUN git clone https://github.com/org/model /model
WORKDIR /model
RUN pip3 install -r requirements.txt
ENV HF_TOKEN=hf_dummy
EXPOSE 7860
CMD python3 app.py --listen 0.0.0.0
"""
FRESH["secrets-bad"] = """FROM python:3.11
ARG PIP_TOKEN
ENV AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMIK7MDENGbPxRfiCYzzzzzzzzzz
RUN pip config set global.index-url https://__token__:$PIP_TOKEN@pypi.corp/simple && pip install corp-lib
RUN curl -u deploy:Sommer2024x https://nexus.corp/app.jar -o /app.jar
COPY .env id_rsa /root/
RUN rm /root/id_rsa
CMD ["python"]
"""
FRESH["makefile-c"] = """FROM gcc:13 AS b
COPY . /usr/src/myapp
WORKDIR /usr/src/myapp
RUN make -j$(nproc) && make install DESTDIR=/out
FROM debian:stable-slim
COPY --from=b /out /
CMD ["myapp"]
"""
FRESH["fedora-dnf"] = """FROM fedora:40
RUN dnf -y update && dnf -y install httpd && dnf clean all
COPY index.html /var/www/html/
EXPOSE 80
CMD /usr/sbin/httpd -DFOREGROUND
"""
FRESH["ubi-s2i"] = """FROM registry.access.redhat.com/ubi9/python-312:latest
USER 0
RUN yum install -y gcc libffi-devel
ADD app-src .
RUN fix-permissions ./
USER 1001
RUN pip install -r requirements.txt
CMD python manage.py runserver 0.0.0.0:8080
"""
FRESH["cron"] = """FROM debian:bookworm
RUN apt-get update && apt-get -y install cron
COPY crontab /etc/cron.d/app
RUN chmod 0644 /etc/cron.d/app && crontab /etc/cron.d/app && touch /var/log/cron.log
CMD cron && tail -f /var/log/cron.log
"""
FRESH["supervisord"] = """FROM ubuntu:22.04
MAINTAINER Jane Roe "jane@example.org"
RUN apt-get update && apt-get install -y openssh-server apache2 supervisor
RUN mkdir -p /var/lock/apache2 /var/run/apache2 /var/run/sshd /var/log/supervisor
RUN echo 'root:screencast' | chpasswd
EXPOSE 22 80
CMD ["/usr/bin/supervisord"]
"""
FRESH["elixir"] = """ARG BUILDER_IMAGE="hexpm/elixir:1.16.2-erlang-26.2.4-debian-bookworm-20240408-slim"
ARG RUNNER_IMAGE="debian:bookworm-20240408-slim"
FROM ${BUILDER_IMAGE} as builder
RUN apt-get update -y && apt-get install -y build-essential git && apt-get clean && rm -f /var/lib/apt/lists/*_*
WORKDIR /app
RUN mix local.hex --force && mix local.rebar --force
ENV MIX_ENV="prod"
COPY mix.exs mix.lock ./
RUN mix deps.get --only $MIX_ENV
FROM ${RUNNER_IMAGE}
RUN apt-get update -y && apt-get install -y libstdc++6 openssl locales && apt-get clean && rm -f /var/lib/apt/lists/*_*
RUN sed -i '/en_US.UTF-8/s/^# //g' /etc/locale.gen && locale-gen
ENV LANG en_US.UTF-8
WORKDIR "/app"
COPY --from=builder --chown=nobody:root /app/_build/prod/rel/app ./
USER nobody
CMD ["/app/bin/server"]
"""
FRESH["bun"] = """FROM oven/bun:1 AS base
WORKDIR /usr/src/app
FROM base AS install
COPY package.json bun.lockb /temp/dev/
RUN cd /temp/dev && bun install --frozen-lockfile
FROM base AS release
COPY --from=install /temp/dev/node_modules node_modules
COPY . .
USER bun
EXPOSE 3000/tcp
ENTRYPOINT [ "bun", "run", "index.ts" ]
"""
FRESH["devcontainer"] = """FROM mcr.microsoft.com/devcontainers/base:bookworm
ARG NODE_VERSION="none"
RUN if [ "${NODE_VERSION}" != "none" ]; then su vscode -c "umask 0002 && nvm install ${NODE_VERSION} 2>&1"; fi
RUN apt-get update && export DEBIAN_FRONTEND=noninteractive \\
    && apt-get -y install --no-install-recommends vim less
"""
FRESH["single-quotes"] = """FROM python:3.12-alpine
RUN pip install flask==3.0.3
COPY app.py /app/app.py
VOLUME ['/data']
HEALTHCHECK CMD ['wget', '-q', '-O-', 'http://127.0.0.1:5000/']
ENTRYPOINT ['python3']
CMD ['/app/app.py']
"""
FRESH["jupyter-root"] = """FROM quay.io/jupyter/scipy-notebook:2024-05-06
USER root
RUN apt-get update --yes && \\
    apt-get install --yes --no-install-recommends \\
    # latex
    texlive-latex-base \\
    cm-super && \\
    apt-get clean && rm -rf /var/lib/apt/lists/*
USER ${NB_UID}
RUN mamba install --yes 'flake8' && mamba clean --all -f -y
"""
FRESH["kafka-tar"] = """FROM openjdk:11-jre-slim
ENV KAFKA_VERSION=3.7.0 SCALA_VERSION=2.13
RUN apt-get update && apt-get install -y wget gnupg \\
 && wget -qO- "https://archive.apache.org/dist/kafka/${KAFKA_VERSION}/kafka_${SCALA_VERSION}-${KAFKA_VERSION}.tgz" | tar xz -C /opt \\
 && apt-get purge -y wget && apt-get autoremove -y
VOLUME /var/lib/kafka
EXPOSE 9092
CMD ["sh", "-c", "exec /opt/kafka_${SCALA_VERSION}-${KAFKA_VERSION}/bin/kafka-server-start.sh /opt/kafka.properties"]
"""
FRESH["lower-case"] = """from alpine:3.19
run apk update && apk add --no-cache curl
env A=b
workdir app
copy . .
expose 8080
cmd ./app
"""
FRESH["git-args"] = """FROM debian:12
ARG GIT_TOKEN
RUN apt-get update && apt-get install -y git ca-certificates \\
  && git clone https://x-access-token:${GIT_TOKEN}@github.com/org/private.git /src \\
  && apt-get remove -y git
USER 1000:1000
ENTRYPOINT ["/src/run"]
"""
FRESH["tini-go-alpine"] = """FROM golang:1.22-alpine AS build
RUN apk add --no-cache gcc musl-dev
WORKDIR /go/src/app
COPY . .
RUN go install -v ./...
FROM debian:12-slim
RUN apt-get update && apt-get install -y tini ca-certificates --no-install-recommends; rm -rf /var/lib/apt/lists/*
COPY --from=build /go/bin/app /app
EXPOSE 8080/tcp 9090/udp
USER nonroot
ENTRYPOINT ["/usr/bin/tini", "--", "/app"]
"""
