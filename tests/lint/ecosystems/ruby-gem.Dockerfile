FROM ruby:3.3-alpine
RUN apk update && apk add build-base
RUN gem install bundler jekyll
COPY Gemfile* ./
RUN bundle install --jobs 4
CMD ["jekyll", "serve", "-H", "0.0.0.0"]
