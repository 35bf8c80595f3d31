FROM tomcat:8
RUN sed -i 's/8080/80/' /usr/local/tomcat/conf/server.xml
ADD http://repo.corp.example/libs/driver.jar /usr/local/tomcat/lib/
ADD app.war /usr/local/tomcat/webapps/ROOT.war
RUN chmod -R 777 /usr/local/tomcat
EXPOSE 80 70000
USER root
