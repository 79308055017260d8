#!/usr/bin/env bash
# Builds both images where there is no container engine and no registry, and tries what came of it. See usage below.
set -euo pipefail
cd "$(dirname "$0")/.."

usage() {
	cat <<'END'
Usage: images.sh

Builds the images of Dockerfile and frontend/Dockerfile with buildah, as root. In the place of the images that they begin with it puts
empty ones, into which the tools of this host (Go, Node, Caddy) are mounted while something runs. Then it runs each image
as its user on a file system that nobody can write to, and asks it whether it is well.

With a container engine none of this is needed: docker build . && docker build -f frontend/Dockerfile .
END
}

# Where the images are kept; removed in the end.
work=""
# What runs in the background.
running=()

cleanup() {
	local pid
	for pid in "${running[@]}"; do kill "$pid" 2>/dev/null || :; done
	wait
	[[ -n $work ]] || return
	local mounted
	awk -v work="$work/" 'index($5, work) == 1 { print $5 }' /proc/self/mountinfo | sort -r | while read -r mounted; do umount "$mounted"; done
	rm -rf --one-file-system "$work" # folders of this host are mounted in it, should anything have gone wrong
}

main() {
	[[ $# -eq 0 ]] || { usage && [[ $1 == -h || $1 == --help ]] && exit 0 || exit 2; }
	local tool
	for tool in buildah go node npm caddy; do
		command -v "$tool" >/dev/null || fail "$tool is missing"
	done
	[[ $(id -u) = 0 ]] || fail "only root can do this"
	# What is mounted here is seen by nobody else, and gone with this process.
	[[ -n ${IMAGES_APART:-} ]] || exec env IMAGES_APART=yes unshare --mount "$PWD/deploy/images.sh"
	trap cleanup EXIT
	work=$(mktemp -d)
	stand_in
	build Dockerfile api "$(git rev-parse HEAD 2>/dev/null || echo unknown)"
	build frontend/Dockerfile web "$(git rev-parse HEAD 2>/dev/null || echo unknown)"
	try_api
	try_web
	say "both images are well"
}

say() { printf 'images.sh: %s\n' "$1"; }

fail() {
	printf 'images.sh: %s\n' "$1" >&2
	exit 1
}

build_tool() {
	buildah --storage-driver vfs --root "$work/store" --runroot "$work/run" "$@"
}

# stand_in makes the image that stands for those of Go, Node and Caddy: whom to trust, and the places for what is mounted.
stand_in() {
	local root=$work/stand-in
	mkdir -p "$root"/{etc/ssl/certs,usr,root,proc,sys,dev,tmp,var/tmp,host}
	local link
	for link in bin sbin lib lib64; do ln -s "usr/$link" "$root/$link"; done
	cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
	printf 'FROM scratch\nCOPY . /\nENV PATH=%s HOME=/root GOMODCACHE=/host/mod GOCACHE=/host/build GOPROXY=%s NPM_CONFIG_CACHE=/host/npm NPM_CONFIG_REGISTRY=%s\n' \
		"$(dirname "$(command -v go)"):/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin" "$(go env GOPROXY)" "$(npm config get registry 2>/dev/null)" >"$work/Stand-in"
	build_tool bud --quiet --isolation chroot --tag stand-in --file "$work/Stand-in" "$root" >/dev/null
	local image
	sed -nE 's/^FROM (--platform=[^ ]+ )?([a-z]+:[^ ]+).*/\2/p' Dockerfile frontend/Dockerfile | while read -r image; do
		build_tool tag stand-in "docker.io/library/$image"
	done
}

# build FILE NAME REVISION builds one image; platform and versions are what an engine would say.
build() {
	say "building $2 from $1"
	mkdir -p "$work/npm"
	build_tool bud --format docker --isolation chroot --pull-never --network host \
		--build-arg TARGETOS="$(go env GOOS)" --build-arg TARGETARCH="$(go env GOARCH)" --build-arg VERSION=here --build-arg REVISION="$3" \
		--volume /usr:/usr:ro --volume "$(go env GOMODCACHE):/host/mod" --volume "$(go env GOCACHE):/host/build" --volume "$work/npm:/host/npm" \
		--volume /etc/resolv.conf:/etc/resolv.conf:ro --volume /etc/hosts:/etc/hosts:ro \
		--tag "$2" --file "$1" . >"$work/$2.log" 2>&1 || { tail -n 40 "$work/$2.log" >&2 && fail "$1 cannot be built"; }
	build_tool inspect --type image --format '{{.Docker.Config.User}} {{.Docker.Config.Healthcheck}} {{.Docker.Config.Labels}}' "$2" | grep -q '^65532:65532 .*org.opencontainers.image.revision:'"$3" ||
		fail "the image of $1 lacks its user, its health check or its labels"
}

# unpack NAME [FOLDER...] mounts an image so that nobody can write to it, but for the folders named, which are empty.
unpack() {
	local container mounted folder name=$1
	container=$(build_tool from --pull-never "localhost/$name")
	mounted=$(build_tool mount "$container")
	mkdir -p "$mounted/etc" "$mounted/dev" "$mounted/usr"
	cp /etc/hosts /etc/resolv.conf "$mounted/etc/" # as an engine does
	root=$work/$name
	mkdir "$root"
	mount --bind "$mounted" "$root"
	mount -o remount,bind,ro "$root"
	shift
	for folder in "$@"; do
		mount -t tmpfs -o mode=0755,uid=65532,gid=65532 tmpfs "$root/$folder"
	done
}

# enter [NAME=VALUE...] PROGRAM ARGUMENT... becomes something in the image, as its user.
enter() {
	local environ=()
	while [[ $1 == *=* ]]; do
		environ+=("$1")
		shift
	done
	exec env -i PATH=/usr/bin:/bin HOME=/ "${environ[@]}" "$(command -v chroot)" --userspec=65532:65532 "$root" "$@"
}

# inside waits for it.
inside() { (enter "$@"); }

# within SECONDS COMMAND... tries until it works.
within() {
	local end=$((SECONDS + $1))
	shift
	until "$@"; do
		((SECONDS < end)) || return 1
		sleep 0.1
	done
}

try_api() {
	unpack api data
	local settings=(EMOSATION_HTTP_ADDR=127.0.0.1:0 EMOSATION_OPS_ADDR=127.0.0.1:19193 EMOSATION_DATA_DIR=/data EMOSATION_TIME_ZONE=America/Sao_Paulo)
	[[ ! -e $root/bin && ! -e $root/usr/bin ]] || fail "there is more than the program in the image of the API"
	[[ $(inside /emosation version) == "here "* ]] || fail "the API does not know its version"
	inside "${settings[@]}" /emosation check-config >/dev/null || fail "the settings of the API are refused"
	enter "${settings[@]}" /emosation serve >"$work/serve.log" 2>&1 &
	running+=($!)
	within 20 inside "${settings[@]}" /emosation healthcheck --ready >"$work/health.log" 2>&1 || {
		cat "$work/serve.log" "$work/health.log" >&2
		fail "the API is not well"
	}
	[[ $(ls "$root/data") == *emosation.db* ]] || fail "the API did not write to its volume"
	say "the API is well: $(stat -c %s "$root/emosation" | numfmt --to=iec) on a read-only file system, as $(ps -o uid= -p "${running[-1]}" | tr -d ' ')"
}

try_web() {
	unpack web var/lib/caddy
	mount --bind -o ro /usr "$root/usr" # with Caddy in it, which the real image brings itself
	[[ -s $root/srv/index.html && -s $root/srv/index.html.gz && -d $root/srv/assets ]] || fail "the web app is not in the image"
	enter EMOSATION_PUBLIC_URL=http://localhost:19180 WEB_HTTP_PORT=19181 WEB_HEALTH_ADDRESS=127.0.0.1:19182 \
		XDG_DATA_HOME=/var/lib/caddy/data XDG_CONFIG_HOME=/var/lib/caddy/config \
		caddy run --config /etc/caddy/Caddyfile --adapter caddyfile >"$work/caddy.log" 2>&1 &
	running+=($!)
	within 20 curl -fs -o /dev/null http://127.0.0.1:19182/healthz || {
		cat "$work/caddy.log" >&2
		fail "the web server is not well"
	}
	curl -fs -H 'Host: localhost' -H 'Accept-Encoding: gzip' -D "$work/headers" -o "$work/page" http://127.0.0.1:19180/rooms/1
	grep -qi '^content-security-policy:' "$work/headers" || fail "the web app comes without its headers"
	cmp -s "$work/page" "$root/srv/index.html.gz" || fail "the web app does not come as it was packed"
	say "the web server is well: it serves the app as $(ps -o uid= -p "${running[-1]}" | tr -d ' ')"
}

main "$@"
