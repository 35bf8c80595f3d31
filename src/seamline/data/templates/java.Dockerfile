# syntax=docker/dockerfile:1
# {base}
{from} eclipse-temurin:21-jdk AS build
WORKDIR /app
COPY App.java .
RUN javac -d classes App.java && jar --create --file app.jar --main-class App -C classes .

# {final}
{from} eclipse-temurin:21-jre
COPY --from=build /app/app.jar /app/app.jar
WORKDIR /app
# {label}
ARG REVISION=unknown
LABEL org.opencontainers.image.source="https://git.example/app" org.opencontainers.image.revision=$REVISION
# {user}
USER 10001:10001
EXPOSE 8080
# {health}
HEALTHCHECK --interval=30s --timeout=3s --start-period=10s CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8080"]
# {heap}
ENTRYPOINT ["java", "-XX:MaxRAMPercentage=75", "-jar", "/app/app.jar"]
