FROM node:20-slim
ONBUILD COPY package.json /app/
ONBUILD RUN cd /app && npm install
ONBUILD COPY . /app
ONBUILD USER node
WORKDIR /app
CMD npm start
