FROM alpine:3.20 AS proto
RUN apk add --no-cache protobuf
FROM proto AS a
COPY a /a
FROM proto AS b
COPY b /b
FROM alpine:3.20
COPY --from=a /a /a
COPY --from=b /b /b
COPY --from=missing /c /c
COPY --from=1 /a /a2
CMD ["/a"]
CMD ["/b"]
