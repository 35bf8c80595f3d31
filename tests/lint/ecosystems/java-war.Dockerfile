FROM tomcat:9.0-jdk11
MAINTAINER Ops Team <ops@example.org>
LABEL Vendor="Example" Version=1.0
RUN rm -rf /usr/local/tomcat/webapps/*
ADD target/app.war /usr/local/tomcat/webapps/ROOT.war
ENV JAVA_OPTS -Xmx512m -Djava.security.egd=file:/dev/./urandom
EXPOSE 8080 8009
VOLUME /usr/local/tomcat/logs
CMD catalina.sh run
