FROM debian:bookworm
RUN apt-get update
RUN apt-get install -y apache2 libapache2-mod-php
ENV APACHE_RUN_USER=www-data APACHE_LOG_DIR=/var/log/apache2
EXPOSE 80
CMD ["apachectl", "-D", "FOREGROUND"]
