FROM registry.fedoraproject.org/fedora:40
RUN dnf install -y gcc make && dnf clean all
RUN dnf -y install python3-3.12.1
RUN microdnf install -y jq
COPY . /src
WORKDIR /src
RUN make
USER 1001
