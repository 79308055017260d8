#!/usr/bin/env bash
# Makes the secrets of a new host for compose.yaml. It never changes one that is there, for what was made with it would be lost.
set -euo pipefail

usage() {
	cat <<'END'
Usage: secrets.sh [FOLDER]

Makes the key that signs logins, and passwords for MariaDB, Redis and Grafana, as files in FOLDER (secrets beside this script).
What is not of this host to know stays a file to fill in: smtp_url, openai_api_key.
END
}

die() {
	printf 'secrets.sh: %s\n' "$1" >&2
	exit 1
}

# secret NAME writes standard input to a file that is there whole or not at all.
secret() {
	cat >"$new/$1"
	[[ -s $new/$1 || ${2:-} == empty ]] || die "nothing came for $1"
}

# 256 bits, in letters that need no quotes in a URL or a configuration file.
password() { openssl rand -hex 32; }

main() {
	[[ ${1:-} != -h && ${1:-} != --help ]] || { usage && exit 0; }
	[[ $# -le 1 ]] || { usage >&2 && exit 2; }
	local folder=${1:-$(cd "$(dirname "$0")" && pwd)/secrets}
	command -v openssl >/dev/null || die "openssl is missing"
	[[ ! -e $folder ]] || die "$folder is there already; nothing was changed"

	# Compose mounts the files as they are, and each program reads them as a user of its own, which this host does not know. So
	# everybody may read them, but nobody except their owner comes into the folder.
	umask 077
	new=$(mktemp -d "$folder.XXXXXX")
	trap 'rm -rf "$new"' EXIT
	local mariadb redis
	mariadb=$(password)
	redis=$(password)
	openssl genpkey -algorithm ed25519 | secret jwt_key
	printf '%s\n' "$mariadb" | secret mariadb_password
	password | secret mariadb_root_password
	password | secret grafana_password
	printf 'mysql://emosation:%s@mariadb:3306/emosation\n' "$mariadb" | secret database_url
	printf 'requirepass %s\n' "$redis" | secret redis.conf
	printf 'redis://:%s@redis:6379/0\n' "$redis" | secret redis_url
	printf 'unused\n' | secret openai_api_key # a server on this host asks for none
	secret smtp_url empty </dev/null
	chmod 0444 "$new"/*
	chmod u+w "$new/smtp_url" "$new/openai_api_key"
	# -T: a folder that somebody made meanwhile is not moved into; and one with something in it is not replaced.
	mv -nT "$new" "$folder"
	[[ ! -e $new ]] || die "$folder is there already; nothing was changed"
	trap - EXIT
	printf 'The secrets are in %s. Keep a copy of jwt_key and database_url where only you can read it.\n' "$folder"
}

main "$@"
