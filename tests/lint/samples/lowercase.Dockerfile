from alpine:3.20 as base
run apk add --no-cache tini=0.19.0-r3
add run.sh /run.sh
workdir srv
user nobody
entrypoint ["/sbin/tini", "--"]
cmd ["/run.sh"]
