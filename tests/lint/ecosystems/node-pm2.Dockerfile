FROM node:18
RUN npm install pm2 -g
RUN npm install -g yarn@1.22.19 typescript
WORKDIR /usr/src/app
COPY package*.json ./
RUN npm install --production
COPY . .
EXPOSE 3000
CMD pm2-runtime start ecosystem.config.js --env production
