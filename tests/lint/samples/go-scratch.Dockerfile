FROM golang:1.21 AS b
COPY . /go/src/x
WORKDIR /go/src/x
RUN go get github.com/pkg/errors && CGO_ENABLED=0 go build -ldflags "-s -w" -o /x
FROM scratch
COPY --from=b /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=b /x /x
EXPOSE 8443
CMD ["/x"]
