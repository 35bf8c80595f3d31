FROM php:8.3-fpm-alpine
RUN apk update && apk add --virtual .build-deps $PHPIZE_DEPS linux-headers \
    && pecl install redis-6.0.2 \
    && docker-php-ext-enable redis \
    && apk del .build-deps \
    && rm -rf /var/cache/apk/*
COPY --chown=www-data src/ /var/www/html/
USER www-data
