FROM ubuntu:20.04
RUN apt-get update && apt-get install -y software-properties-common && add-apt-repository ppa:deadsnakes/ppa
RUN apt update && apt upgrade -y && apt install -y python3.11
RUN curl https://bootstrap.pypa.io/get-pip.py | python3.11
RUN apt-key adv --keyserver keyserver.ubuntu.com --recv-keys ABC
