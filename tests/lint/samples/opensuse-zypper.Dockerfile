FROM opensuse/leap:15.6
RUN zypper --non-interactive refresh && zypper dup -y
RUN zypper install -y nginx
RUN zypper in -y php8=8.0.30 && zypper clean
