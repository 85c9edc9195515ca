#!/bin/bash
# Builds the Dockerfile and runs the image where there is no Docker, as production runs it: read-only, as its own user,
# with 1 CPU and 512 MiB. Needs root on Debian with buildah and debootstrap, cgroups (v1), and target/customerio-routes.jar.
#
#   image-without-docker.sh build               the image, on a base made of Debian's own Java in place of the Dockerfile's
#   image-without-docker.sh run [SETTINGS]      the image, with a file of variables; ends with Ctrl-C and says what it used
#
# WORK is where the images are kept, 3 GB.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
work="${WORK:-/tmp/customerio-routes-image}"
bu() { buildah --root "${work}/storage" --runroot "${work}/run" --storage-driver overlay "$@"; }

base() {
    local name container mount
    name="$(sed -n 's/^ARG JRE_IMAGE=//p' Dockerfile)"
    if bu inspect --type image "docker.io/library/${name}" >/dev/null 2>&1; then
        return
    fi
    [ -d "${work}/base" ] || debootstrap --variant=minbase --include=openjdk-17-jre-headless bookworm "${work}/base.new" \
        "${MIRROR:-http://deb.debian.org/debian}" >&2
    [ ! -d "${work}/base.new" ] || mv "${work}/base.new" "${work}/base"
    container="$(bu from scratch)"
    mount="$(bu mount "${container}")"
    cp -a "${work}/base/." "${mount}/"
    bu umount "${container}"
    bu config --env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "${container}"
    bu commit -q --rm "${container}" "docker.io/library/${name}"
}

build() {
    mkdir -p "${work}"
    base
    bu bud --isolation chroot --pull-never --network host --format docker -t customerio-routes:local .
}

# In a mount namespace of its own: the image read-only, with /proc, /sys, a few devices and an empty /tmp.
inside() {
    local root="$1" entry
    mount --bind "${root}" "${root}"
    mount -o remount,ro,bind "${root}"
    mount -t proc proc "${root}/proc"
    mount --rbind /sys "${root}/sys"
    mount --rbind /dev "${root}/dev"
    mount -t tmpfs tmpfs "${root}/tmp"
    mapfile -t entry < <(jq -r '.OCIv1.config.Entrypoint[]' "${work}/image.json")
    # shellcheck disable=SC2046
    exec env -i $(jq -r '.OCIv1.config.Env[]' "${work}/image.json" | grep -v JDK_JAVA_OPTIONS) \
        JDK_JAVA_OPTIONS="$(jq -r '.OCIv1.config.Env[]' "${work}/image.json" | sed -n 's/^JDK_JAVA_OPTIONS=//p') ${MORE_JAVA_OPTIONS:-}" \
        $(grep -v '^#' "$2") \
        chroot --userspec "$(jq -r .OCIv1.config.User "${work}/image.json")" "${root}" \
        env --chdir="$(jq -r .OCIv1.config.WorkingDir "${work}/image.json")" "${entry[@]}"
}

run() {
    local settings="${1:-deploy/container/placeholders.env}" group=customerio-routes-$$ container root status=0
    bu inspect --type image localhost/customerio-routes:local >"${work}/image.json"
    container="$(bu from --pull-never localhost/customerio-routes:local)"
    root="$(bu mount "${container}")"
    mkdir "/sys/fs/cgroup/memory/${group}" "/sys/fs/cgroup/cpu/${group}"
    echo $((512 * 1024 * 1024)) >"/sys/fs/cgroup/memory/${group}/memory.limit_in_bytes"
    echo 100000 >"/sys/fs/cgroup/cpu/${group}/cpu.cfs_period_us"
    echo 100000 >"/sys/fs/cgroup/cpu/${group}/cpu.cfs_quota_us"
    (
        echo "${BASHPID}" >"/sys/fs/cgroup/memory/${group}/cgroup.procs"
        echo "${BASHPID}" >"/sys/fs/cgroup/cpu/${group}/cgroup.procs"
        export -f inside
        export work
        exec unshare --mount bash -c 'inside "$@"' _ "${root}" "${settings}"
    ) &
    trap 'kill $! 2>/dev/null' INT TERM
    wait $! || status=$?
    wait $! 2>/dev/null || true
    echo "ended with ${status}; at most $(($(cat "/sys/fs/cgroup/memory/${group}/memory.max_usage_in_bytes") / 1048576)) MiB," \
        "of which $(($(cat "/sys/fs/cgroup/memory/${group}/memory.failcnt"))) times at the limit" >&2
    bu umount "${container}" >/dev/null
    bu rm "${container}" >/dev/null
    rmdir "/sys/fs/cgroup/memory/${group}" "/sys/fs/cgroup/cpu/${group}" 2>/dev/null || true
}

"${1:-build}" "${@:2}"
