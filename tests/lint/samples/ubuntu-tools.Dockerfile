FROM ubuntu:22.04
RUN apt update && apt upgrade -y && apt install -y sudo vim curl wget net-tools openssh-server iputils-ping
RUN useradd -m dev && echo 'dev:dev' | chpasswd && echo 'dev ALL=(ALL) NOPASSWD:ALL' >> /etc/sudoers
RUN service ssh start
ENV TZ=Asia/Shanghai
EXPOSE 22
CMD /usr/sbin/sshd -D
