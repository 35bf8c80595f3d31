FROM ubuntu:24.04
RUN apt-get update && apt-get install -y wget ca-certificates
RUN wget https://example.org/app-1.2.3.tar.gz && tar xzf app-1.2.3.tar.gz && rm app-1.2.3.tar.gz
RUN wget --no-check-certificate -q https://example.org/x.sh && bash x.sh
ENV PATH /opt/app/bin:$PATH
RUN ln -snf /usr/share/zoneinfo/$TZ /etc/localtime && echo $TZ > /etc/timezone
