FROM python:3.12-alpine
RUN apk --update add --virtual build-dependencies libffi-dev openssl-dev python3-dev py-pip build-base \
  && pip install --upgrade pip setuptools && apk del build-dependencies
WORKDIR /code
COPY requirements.txt /code/
RUN pip install --no-cache-dir -r requirements.txt
COPY . /code
ENV C_FORCE_ROOT=true
CMD ["celery", "-A", "tasks", "worker"]
