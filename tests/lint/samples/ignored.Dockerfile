# hadolint global ignore=DL3006
FROM debian
# hadolint ignore=DL3008,DL3015
RUN apt-get update && apt-get install -y git && rm -rf /var/lib/apt/lists/*
# seamline ignore=DL3004
RUN sudo true
# hadolint ignore=DL3025
CMD a
