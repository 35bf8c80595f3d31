FROM debian:bookworm
RUN apt-get update && apt-get install -y git build-essential
RUN git clone --depth 1 https://github.com/example/app.git /src
RUN cd /src && ./configure && make && make install
RUN rm -rf /src
RUN apt-get remove -y build-essential && apt-get autoremove -y
