FROM nvidia/cuda:12.4.1-cudnn-devel-ubuntu22.04
ENV DEBIAN_FRONTEND=noninteractive
RUN apt-get update && apt-get install -y python3-pip git wget && \
    ln -s /usr/bin/python3 /usr/bin/python
RUN pip3 install torch torchvision --index-url https://download.pytorch.org/whl/cu124
RUN git clone https://github.com/NVIDIA/apex && cd apex && pip install -v --no-cache-dir .
WORKDIR /workspace
COPY . /workspace
RUN wget https://example.org/models/model.bin -O /workspace/model.bin
ENTRYPOINT ["python", "train.py"]
