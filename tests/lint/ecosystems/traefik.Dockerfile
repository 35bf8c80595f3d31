FROM traefik:v3.1
COPY traefik.yml /etc/traefik/traefik.yml
EXPOSE 80/tcp 443/TCP
