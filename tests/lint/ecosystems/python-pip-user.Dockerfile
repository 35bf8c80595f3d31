FROM python:3.11
RUN pip install --upgrade pip
RUN pip3 install --user -r requirements.txt
RUN python -m pip install flask gunicorn==20.1.0 'requests>=2'
COPY requirements.txt requirements.txt
COPY . .
CMD [ "python3", "-m" , "flask", "run", "--host=0.0.0.0"]
