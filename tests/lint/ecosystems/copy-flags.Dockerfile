# syntax=docker/dockerfile:1.7-labs
FROM alpine:3.20
COPY --parents --exclude=*.md --exclude=**/test src/**/*.txt /out/
COPY --link --chown=1000:1000 --chmod=u=rwX,go=rX conf/ /conf/
ADD --checksum=sha256:24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d https://example.org/a.tar.xz /src/
ADD --keep-git-dir=true https://github.com/example/app.git#v1.2.3 /app
ADD https://github.com/example/lib.git?ref=main&submodules=false /lib
ADD --unpack=true https://example.org/b.tar /b/
ADD git@github.com:example/x.git /x
USER 1000
