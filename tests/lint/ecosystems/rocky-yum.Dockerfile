FROM rockylinux:9
RUN yum -y install epel-release && yum -y install nodejs
RUN yum update -y && yum clean all && rm -rf /var/cache/yum
ENTRYPOINT ["node"]
