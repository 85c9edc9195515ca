#!/bin/bash
# Asks the service whether it is alive. Written for bash alone: the image has neither curl nor wget, and a JVM for every
# check would cost more than the service itself when it has nothing to do.
port="${MANAGEMENT_SERVER_PORT:-${SERVER_PORT:-8080}}"
exec 3<>"/dev/tcp/127.0.0.1/${port}" || exit 1
printf 'GET /actuator/health/liveness HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&3
read -r -t 2 _ status _ <&3
[[ "${status}" == 200 ]]
