FROM registry.suse.com/bci/bci-base:15.6
RUN zypper -n ref && zypper -n in --no-recommends curl
RUN zypper --non-interactive install -y nginx && zypper clean -a
RUN zypper dup -y
