FROM alpine:edge AS build
RUN apk add zig --repository=https://alpine.example/edge/testing --allow-untrusted
COPY . /src
RUN cd /src && zig build -Doptimize=ReleaseSafe -Dtarget=x86_64-linux-musl
FROM scratch
COPY --from=build /src/zig-out/bin/app /app
ENTRYPOINT ["/app"]
