# syntax=docker/dockerfile:1
# {base}
{from} node:22-slim AS build
WORKDIR /app
# {lock}
COPY package.json package-lock.json ./
RUN --mount=type=cache,target=/root/.npm npm ci --omit=dev --ignore-scripts

# {final}
{from} node:22-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/ /app/
COPY server.js ./
# {label}
ARG REVISION=unknown
LABEL org.opencontainers.image.source="https://git.example/app" org.opencontainers.image.revision=$REVISION
# {user}
USER 10001:10001
EXPOSE 8080
# {health}
HEALTHCHECK --interval=30s --timeout=3s --start-period=5s CMD ["node", "-e", "fetch('http://127.0.0.1:8080/healthz').then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# {start}
ENTRYPOINT ["node", "server.js"]
