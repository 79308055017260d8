# shellcheck shell=bash
# What backup.sh and restore.sh have in common: how they reach the database. They source this file.
#
# Where EMOSATION_DATABASE_URL or EMOSATION_DATABASE_URL_FILE is set, that is the database, and the clients of this machine ask it.
# Otherwise it is the one of compose.yaml, asked by the clients in its own container; deploy/secrets/database_url says as whom.
# The password goes from file to file: it is in no argument, no environment and no output.

: "${here:?is the folder of these scripts}"

die() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

# connect makes ready for ask and dump. EXIT must be trapped with disconnect.
connect() {
	local url file
	if [[ -n ${EMOSATION_DATABASE_URL-} ]]; then
		inside="" url=$EMOSATION_DATABASE_URL
	else
		inside=yes file=$here/secrets/database_url
		if [[ -n ${EMOSATION_DATABASE_URL_FILE-} ]]; then
			inside="" file=$EMOSATION_DATABASE_URL_FILE
		fi
		[[ -r $file ]] || die "cannot read $file; set EMOSATION_DATABASE_URL_FILE, or run deploy/secrets.sh for compose"
		url=$(<"$file")
	fi
	read_url "${url%%[[:space:]]*}"
	if [[ $inside ]]; then
		# shellcheck disable=SC2016 # it is the shell over there that shall read it
		options=$(in_container sh -c 'umask 077 && file=$(mktemp) && cat >"$file" && echo "$file"' < <(option_file)) ||
			die "the container mariadb does not answer: is it running? (docker compose up -d mariadb)"
	else
		options=$(umask 077 && mktemp)
		option_file >"$options"
	fi
}

disconnect() {
	[[ ${options-} ]] || return 0
	if [[ $inside ]]; then in_container rm -f "$options" </dev/null; else rm -f "$options"; fi
}

# read_url takes mysql://user:password@host:port/name?socket=PATH&tls=MODE apart, as the program itself reads it.
read_url() {
	local rest=$1 login place pair
	case $rest in
	sqlite://*) die "the database is a file: use the backup and restore commands of the program itself" ;;
	mysql://*) rest=${rest#mysql://} ;;
	*) die "the database URL must begin with mysql://" ;;
	esac
	local query=""
	[[ $rest == *\?* ]] && query=${rest#*\?} rest=${rest%%\?*}
	[[ $rest == */* ]] || die "the database URL names no database"
	database=$(decoded "${rest##*/}") rest=${rest%/*}
	[[ $database =~ ^[A-Za-z0-9_-]+$ ]] || die "the name of the database may have letters, digits, _ and - only"
	login="" place=$rest
	[[ $rest == *@* ]] && login=${rest%@*} place=${rest##*@}
	user=$(decoded "${login%%:*}") password=""
	[[ $login == *:* ]] && password=$(decoded "${login#*:}")
	host=${place%:*} port=3306 socket="" tls=""
	[[ $place == *:* ]] && port=${place##*:}
	while [[ $query ]]; do
		pair=${query%%&*}
		case $pair in
		socket=*) socket=$(decoded "${pair#*=}") ;;
		tls=*) tls=${pair#*=} ;;
		*) die "unknown parameter ${pair%%=*} in the database URL" ;;
		esac
		if [[ $query == *'&'* ]]; then query=${query#*&}; else query=""; fi
	done
}

decoded() {
	[[ $1 != *\\* ]] || die "the database URL has a backslash, which must be written as %5C"
	printf '%b' "${1//%/\\x}"
}

option_file() {
	printf '[client]\nuser="%s"\npassword="%s"\n' "$(quoted "$user")" "$(quoted "$password")"
	if [[ $socket ]]; then
		printf 'socket="%s"\n' "$(quoted "$socket")"
	else
		printf 'host="%s"\nport=%s\nprotocol=tcp\n' "$(quoted "$host")" "$port"
	fi
	case $tls in
	true) printf 'ssl=1\nloose-ssl-verify-server-cert=1\n' ;;
	skip-verify) printf 'ssl=1\nloose-skip-ssl-verify-server-cert\n' ;;
	esac
}

quoted() {
	local text=${1//\\/\\\\}
	printf '%s' "${text//\"/\\\"}"
}

in_container() { docker compose --project-directory "$here/.." exec -T mariadb "$@"; }

# client runs a client of MariaDB, or the one of MySQL where only that is there.
client() {
	local mariadb=$1 mysql=$2
	shift 2
	if [[ $inside ]]; then
		# shellcheck disable=SC2016
		in_container sh -c 'program=$1; command -v "$1" >/dev/null || program=$2; shift 2; exec "$program" "$@"' sh "$mariadb" "$mysql" --defaults-extra-file="$options" "$@"
	elif command -v "$mariadb" >/dev/null; then
		"$mariadb" --defaults-extra-file="$options" "$@"
	else
		"$mysql" --defaults-extra-file="$options" "$@"
	fi
}

# ask runs the statements of its standard input, and prints what they return, one row a line.
ask() { client mariadb mysql --batch --skip-column-names --default-character-set=utf8mb4 "$database"; }

# complete tells whether a dump can be unpacked and has its last line.
complete() { gzip -dc "$1" 2>/dev/null | tail -n 1 | grep -q '^-- Dump completed'; }
