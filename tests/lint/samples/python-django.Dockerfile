FROM python:latest
MAINTAINER web team <web@corp.example>
ENV DEBIAN_FRONTEND noninteractive
RUN apt-get update
RUN apt-get install -y libpq-dev gettext
ADD . /code/
WORKDIR /code
RUN pip install Django psycopg2 gunicorn
ENV SECRET_KEY=change-me-please
EXPOSE 80
CMD ["gunicorn", "shop.wsgi", "-b", "0.0.0.0:80"]
