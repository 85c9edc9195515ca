# The service as an image: `mvn package`, then `docker build -t customerio-routes .`
#
# Any Java 17 or newer runtime image with bash will do as its base.
ARG JRE_IMAGE=eclipse-temurin:17.0.17_10-jre-noble

# Takes the jar apart, so that its libraries are a layer that seldom changes.
FROM ${JRE_IMAGE} AS layers
WORKDIR /work
COPY target/customerio-routes.jar ./
RUN java -Djarmode=tools -jar customerio-routes.jar extract --layers --destination layers

FROM ${JRE_IMAGE}
# /data: where the local profile keeps its database; production writes nothing.
RUN useradd --system --no-create-home --uid 10001 --shell /usr/sbin/nologin service && install -d -o service /data
WORKDIR /app

COPY --from=layers /work/layers/dependencies/ ./
COPY --from=layers /work/layers/snapshot-dependencies/ ./
COPY --from=layers /work/layers/application/ ./

# Starts the service, and leaves the classes it loaded in an archive: later starts map them instead of loading them.
RUN --mount=type=bind,source=deploy/container,target=/build \
    bash /build/archive-classes.sh /app/customerio-routes.jar /app/customerio-routes.jsa

COPY deploy/container/healthcheck.sh /usr/local/bin/healthcheck
# Mount a folder here to run other routes.
COPY routes/ routes/

# Half of the memory for the heap leaves the rest to classes, compiled code and threads: it fits in 512 MiB. The first
# compiler alone: the second one takes half of the CPU while it starts, and gains nothing that was measured (docs/deploy.md).
ENV JDK_JAVA_OPTIONS="-XX:MaxRAMPercentage=50 -XX:TieredStopAtLevel=1 -XX:+ExitOnOutOfMemoryError -XX:-UsePerfData" \
    SPRING_PROFILES_ACTIVE=prod \
    CIO_ROUTES_DIRECTORY=/app/routes

USER 10001
EXPOSE 8080
# Nothing below / is written: run it read-only, with /tmp as tmpfs for Tomcat.
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 CMD ["healthcheck"]
ENTRYPOINT ["java", "-XX:SharedArchiveFile=/app/customerio-routes.jsa", "-Xlog:cds=off", "-Xlog:cds+dynamic=off", "-jar", "/app/customerio-routes.jar"]
