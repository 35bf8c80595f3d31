# syntax=docker/dockerfile:1
FROM debian:bookworm-slim
RUN <<EOF
apt-get update
apt-get install -y curl
EOF
RUN <<-"SCRIPT" bash
	set -euo pipefail
	curl -fsSL https://example.org/tool.tgz | tar xz -C /opt
SCRIPT
COPY <<EOF /etc/app.conf
listen=8080
EOF
RUN python3 <<PY
print("hi")
PY
CMD ["/opt/tool"]
