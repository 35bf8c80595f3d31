FROM gcc:13 AS build
RUN apt-get update && apt-get -y install cmake=3.25.1-1 && rm -rf /var/lib/apt/lists/*
COPY . /src
WORKDIR /src/build
RUN cmake -DCMAKE_BUILD_TYPE=Release .. && make -j$(nproc)
FROM gcr.io/distroless/cc-debian12
COPY --from=build /src/build/app /
ENTRYPOINT ["/app"]
