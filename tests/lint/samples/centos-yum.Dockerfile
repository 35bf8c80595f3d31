FROM centos:7
RUN yum update -y
RUN yum install -y httpd php-5.4.16
RUN yum -y install epel-release && yum clean all
ADD site.tar.gz /var/www/html/
VOLUME /var/www/html
RUN mkdir -p /var/www/html/upload && chmod 777 /var/www/html/upload
ENTRYPOINT ["/usr/sbin/httpd"]
CMD ["-D", "BACKGROUND"]
CMD ["-D", "FOREGROUND"]
