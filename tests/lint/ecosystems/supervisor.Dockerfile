FROM ubuntu:22.04
RUN apt-get update && apt-get install -y supervisor nginx php8.1-fpm && apt-get clean
COPY supervisord.conf /etc/supervisor/conf.d/supervisord.conf
CMD ["/usr/bin/supervisord", "-n"]
