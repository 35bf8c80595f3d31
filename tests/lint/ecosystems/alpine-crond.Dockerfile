FROM alpine:3.20
RUN apk add --no-cache tzdata dcron curl \
 && cp /usr/share/zoneinfo/Asia/Shanghai /etc/localtime \
 && echo "Asia/Shanghai" > /etc/timezone \
 && apk del tzdata
COPY crontab /etc/crontabs/root
RUN chmod 0600 /etc/crontabs/root
CMD ["crond", "-f", "-l", "2"]
