FROM hseeberger/scala-sbt:11.0.13_1.6.1_2.13.8 AS build
WORKDIR /app
ADD build.sbt ./
ADD project ./project
RUN sbt update
ADD . .
RUN sbt assembly
FROM openjdk:11-jre-slim
COPY --from=build /app/target/scala-2.13/app.jar /app.jar
CMD java $JAVA_OPTS -jar /app.jar
