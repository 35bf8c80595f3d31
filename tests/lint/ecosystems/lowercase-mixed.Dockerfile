from alpine:3.20 as build
run apk add --no-cache gcc musl-dev
copy . /src
Run gcc -o /a /src/a.c
from scratch
copy --from=build /a /a
entrypoint /a
