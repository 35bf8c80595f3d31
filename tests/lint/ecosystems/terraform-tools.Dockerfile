FROM alpine:3.19
ARG TERRAFORM_VERSION=1.9.5
RUN apk add --no-cache bash curl git openssh-client jq python3 py3-pip \
    && curl -LO https://releases.example/terraform/${TERRAFORM_VERSION}/terraform_${TERRAFORM_VERSION}_linux_amd64.zip \
    && unzip terraform_${TERRAFORM_VERSION}_linux_amd64.zip -d /usr/local/bin \
    && rm terraform_${TERRAFORM_VERSION}_linux_amd64.zip
RUN curl -L "https://dl.k8s.example/release/$(curl -L -s https://dl.k8s.example/release/stable.txt)/bin/linux/amd64/kubectl" -o /usr/local/bin/kubectl && chmod +x /usr/local/bin/kubectl
RUN pip3 install --break-system-packages awscli
ENV CLOUD_REGION=eu-1 CLOUD_SECRET_ACCESS_KEY=made-up-for-this-test
ENTRYPOINT ["/bin/bash"]
