FROM jenkins/inbound-agent:latest-jdk17
USER root
RUN apt-get update && apt-get install -y docker.io sudo && usermod -aG docker jenkins
RUN wget -qO - https://packages.example.org/key.gpg | apt-key add -
RUN sudo chmod 666 /var/run/docker.sock || true
USER jenkins
