FROM alpine
RUN apk add --update openssh sudo bash && rm -rf /var/cache/apk/*
RUN adduser -D dev && echo "dev:dev123456" | chpasswd
RUN echo "dev ALL=(ALL) NOPASSWD:ALL" > /etc/sudoers.d/dev
RUN ssh-keygen -A
EXPOSE 22
CMD ["/usr/sbin/sshd", "-D"]
