FROM php:8.3-fpm-alpine
RUN apk add --no-cache --virtual .build-deps $PHPIZE_DEPS \
  && pecl install redis-6.0.2 \
  && docker-php-ext-enable redis \
  && apk del .build-deps
RUN curl -sS https://getcomposer.org/installer | php -- --install-dir=/usr/local/bin --filename=composer
COPY . /var/www/html
RUN composer install --no-dev --optimize-autoloader
RUN chmod -R 777 storage bootstrap/cache
