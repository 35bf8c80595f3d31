# syntax=docker/dockerfile:1
FROM debian:12-slim
RUN <<EOF
set -e
apt-get update
apt-get install -y curl
curl -fsSL https://deb.corp.example/setup.sh | bash
EOF
COPY <<-"CONF" /etc/app.conf
	listen = 8080
	# RUN is no instruction here
	CONF
RUN bash <<'SCRIPT'
for i in 1 2 3; do
  echo "$i" | tee -a /log
done
SCRIPT
RUN python3 <<PY
import os
os.system("sudo nothing")
PY
CMD ["/bin/true"]
