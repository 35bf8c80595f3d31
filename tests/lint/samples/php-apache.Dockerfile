FROM php:8.2-apache
RUN apt-get update && apt-get install -y \
      libzip-dev \
      unzip \
      vim \
    && docker-php-ext-install zip pdo_mysql \
    && apt-get clean
RUN curl -sS https://getcomposer.org/installer | php -- --install-dir=/usr/local/bin --filename=composer
COPY . /var/www/html
RUN chown -R www-data:www-data /var/www/html
RUN composer install
