FROM continuumio/miniconda3
COPY environment.yml .
RUN conda env create -f environment.yml
SHELL ["conda", "run", "-n", "ml", "/bin/bash", "-c"]
RUN python -c "import numpy"
ENTRYPOINT ["conda", "run", "--no-capture-output", "-n", "ml", "python", "run.py"]
