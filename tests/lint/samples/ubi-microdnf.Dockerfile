FROM registry.access.redhat.com/ubi9/ubi-minimal:9.4
LABEL name="billing" vendor="Corp" Version="1"
LABEL org.opencontainers.image.created="yesterday" \
      org.opencontainers.image.source="billing" \
      org.opencontainers.image.title=""
RUN microdnf install -y --nodocs tar gzip && microdnf clean all
ADD https://releases.corp.example/billing.tgz /opt/
USER 1001:0
CMD ["/opt/billing/run"]
