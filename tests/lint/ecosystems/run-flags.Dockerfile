# syntax=docker/dockerfile:1-labs
FROM alpine:3.20
RUN --security=insecure cat /proc/self/status
RUN --network=none echo 1
RUN --network=host --mount=type=ssh,required=true git clone git@example.org:a/b.git
RUN --mount=type=tmpfs,target=/tmp --mount=type=secret,id=aws,env=AWS_KEY echo $AWS_KEY
RUN --mount=type=bind,from=busybox:1.36,source=/bin,target=/b,rw /b/ls
RUN --device=vendor.example/gpu=all nvidia-smi
STOPSIGNAL SIGRTMIN+3
HEALTHCHECK --interval=1m --start-interval=5s --start-period=1m30s --retries=2 CMD wget -q --spider http://localhost/ || exit 1
