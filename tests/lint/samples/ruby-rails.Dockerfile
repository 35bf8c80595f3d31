FROM ruby:3.2.2
RUN apt-get update -qq && apt-get install -y nodejs postgresql-client
RUN gem install bundler rake:13.0.6
WORKDIR /myapp
COPY Gemfile Gemfile.lock /myapp/
RUN bundle install
COPY . /myapp
COPY config/master.key /myapp/config/
EXPOSE 3000
CMD ["rails", "server", "-b", "0.0.0.0"]
