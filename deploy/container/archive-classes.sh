#!/bin/bash
# Records the classes of a whole start: archive-classes.sh JAR ARCHIVE, both as absolute paths, as Java compares them.
#
# The settings are those of production and lead nowhere. The service is stopped once it is alive, its routes with it:
# a start that ends by itself (spring.context.exit=onRefresh) ends before they are built, and misses a quarter.
set -euo pipefail
here="$(dirname "${BASH_SOURCE[0]}")"
set -a
# shellcheck source=deploy/container/placeholders.env
. "${here}/placeholders.env"
set +a

java -XX:ArchiveClassesAtExit="$2" -jar "$1" &
service=$!
until bash "${here}/healthcheck.sh" 2>/dev/null; do
    kill -0 "${service}"
    sleep 0.5
done
kill "${service}"
# Java ends with 143 after SIGTERM.
wait "${service}" || [ $? = 143 ]
test -s "$2"
