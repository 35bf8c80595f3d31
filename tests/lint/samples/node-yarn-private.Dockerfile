FROM node:18-bullseye
ARG NPM_TOKEN
RUN echo "//npm.corp.example/:_authToken=$NPM_TOKEN" > .npmrc
COPY . .
RUN yarn install
RUN npm install -g pm2 typescript@5.4.5
RUN rm -f .npmrc
CMD pm2-runtime start ecosystem.config.js
