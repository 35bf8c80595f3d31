FROM continuumio/miniconda3
SHELL ["/bin/bash", "--login", "-c"]
COPY environment.yml /tmp/environment.yml
RUN conda env create -f /tmp/environment.yml
RUN echo "conda activate ml" >> ~/.bashrc
RUN conda activate ml && pip3 install torch==2.4.0 transformers
RUN wget http://models.corp.example/weights/latest/model.bin -O /opt/model.bin
COPY serve.py /opt/
ENTRYPOINT ["python", "/opt/serve.py"]
