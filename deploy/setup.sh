#!/usr/bin/env bash
# Takes a new host from a clone, or from the archive of a release, to a server that people can use. See usage below.
set -euo pipefail
cd "$(dirname "$0")/.."

usage() {
	cat <<'END'
Usage: setup.sh URL [E-MAIL]

Writes .env for URL (https://chat.example.org), makes the secrets, starts everything, makes an admin's account for E-MAIL and lets
doctor look at all of it. What is there already stays as it is, so that it can be run again when something was missing.
It needs Docker with its compose plugin, and for https a name that leads to this host, with ports 80 and 443 open.
END
}

die() {
	printf 'setup.sh: %s\n' "$1" >&2
	exit 1
}

main() {
	[[ ${1-} != -h && ${1-} != --help ]] || { usage && exit 0; }
	[[ $# -eq 1 || $# -eq 2 ]] || { usage >&2 && exit 2; }
	local url=${1%/} email=${2-}
	[[ $url =~ ^https?://([A-Za-z0-9.-]+)(:[0-9]+)?$ ]] || die "$1 is no URL such as https://chat.example.org"
	look_around "${BASH_REMATCH[1]}"
	[[ -e .env ]] || settings "$url"
	[[ $(setting EMOSATION_PUBLIC_URL) == "$url" ]] || die ".env is there already and says another EMOSATION_PUBLIC_URL than $url: change the one that is wrong"
	[[ -e deploy/secrets ]] || deploy/secrets.sh
	chmod -R a+rX deploy/prometheus deploy/grafana # whatever umask they came with, users of containers read them
	docker compose config --quiet
	docker compose up --detach --wait --wait-timeout 600 ||
		die "not everything got well: docker compose ps --all and docker compose logs --tail 50 say what. Then run this again"
	[[ -z $email ]] || docker compose exec -T api-1 /emosation create-admin "$email"
	examine "$url"
	printf '%s is ready. Keep a copy of .env and deploy/secrets elsewhere, and let cron run deploy/backup.sh.\n' "$url"
}

# look_around finds out at once what would cost minutes later.
look_around() {
	command -v docker >/dev/null || die "docker is missing: curl -fsSL https://get.docker.com | sudo sh"
	docker info >/dev/null 2>&1 || die "docker does not answer: is it running (sudo systemctl start docker), and may you use it (sudo usermod -aG docker \$USER, then log in anew)?"
	local version
	version=$(docker compose version --short 2>/dev/null) || die "docker has no compose plugin: install docker-compose-plugin"
	[[ $(printf '%s\n' 2.24 "${version#v}" | sort -V | head -n 1) == 2.24 ]] || die "docker compose is $version, and has to be 2.24 or newer"
	getent hosts "$1" >/dev/null || die "$1 leads nowhere yet: make its A record first, then run this again"
}

# settings writes .env whole or not at all: with what differs from .env.example, and the images of a release if this is one.
settings() {
	local memory
	memory=$(awk '$1 == "MemTotal:" { print int($2 / 1024) }' /proc/meminfo)
	(
		umask 077
		sed "s|^EMOSATION_PUBLIC_URL=.*|EMOSATION_PUBLIC_URL=$1|" .env.example >.env.new
		((memory >= 1800)) || sed -i 's/^#EMOSATION_PROFILE=.*/EMOSATION_PROFILE=small/' .env.new
		[[ ! -e images.env ]] || cat images.env >>.env.new
	)
	mv .env.new .env
	printf 'Wrote .env. Look at EMOSATION_TIME_ZONE in it, and at what else can be set.\n'
}

setting() { sed -n "s/^$1=//p" .env | tail -n 1 | sed 's/ #.*//' | tr -d \"\'; }

# examine gives a certificate the time to come.
examine() {
	local image said deadline=$((SECONDS + ${SETUP_PATIENCE:-90})) doctor=(doctor "$1")
	image=$(setting EMOSATION_API_IMAGE)
	[[ $(setting WEB_TLS) != "tls internal" ]] || doctor=(doctor -insecure "$1")
	until said=$(docker run --rm --network host "${image:-emosation-api:local}" "${doctor[@]}" 2>&1); do
		if ((SECONDS >= deadline)); then
			printf '%s\n' "$said" >&2
			die "everything runs, but $1 does not answer as it should: mend what doctor says, then run this again"
		fi
		sleep 3
	done
	printf '%s\n' "$said"
}

main "$@"
