FROM node:20-slim
ARG NPM_TOKEN
RUN echo "//registry.example.test/:_authToken=${NPM_TOKEN}" > ~/.npmrc
COPY . .
RUN npm ci && rm -f ~/.npmrc
USER node
CMD ["npm", "start"]
