FROM golang:latest
RUN go install golang.org/x/tools/cmd/goimports@latest
RUN go install github.com/golangci/golangci-lint/cmd/golangci-lint@v1.61.0
WORKDIR app
ADD . .
RUN go build -v -o /usr/bin/app
ENTRYPOINT /usr/bin/app
