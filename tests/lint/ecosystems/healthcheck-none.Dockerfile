FROM postgres:16-alpine
HEALTHCHECK NONE
COPY init.sql /docker-entrypoint-initdb.d/
ENV POSTGRES_PASSWORD=postgres
