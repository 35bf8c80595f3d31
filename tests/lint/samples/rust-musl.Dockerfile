FROM rust:1.80 AS build
RUN rustup target add x86_64-unknown-linux-musl
WORKDIR /b
COPY Cargo.toml Cargo.lock ./
COPY src src
RUN cargo build --release --target x86_64-unknown-linux-musl
FROM alpine:3.20
RUN adduser -D -u 1000 svc
COPY --from=build /b/target/x86_64-unknown-linux-musl/release/svc /usr/bin/svc
USER svc
ENTRYPOINT ["svc"]
