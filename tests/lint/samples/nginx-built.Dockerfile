FROM node:lts AS web
WORKDIR /w
COPY . .
RUN npm ci && npm run build
FROM nginxinc/nginx-unprivileged:1.27-alpine
COPY --from=web /w/dist /usr/share/nginx/html
HEALTHCHECK CMD wget -qO- http://localhost:8080/ || exit 1
