FROM fedora:40
RUN dnf install -y 'dnf-command(copr)' && dnf copr enable -y a/b && dnf install -y foo bar-1.2 \
    && dnf clean all
RUN dnf -y update
RUN dnf -y install httpd; dnf clean all
CMD ["/usr/sbin/httpd", "-DFOREGROUND"]
