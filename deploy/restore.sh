#!/usr/bin/env bash
# Brings back what backup.sh wrote. See usage below.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=deploy/database.sh
. "$here/database.sh"

usage() {
	cat <<'END'
Usage: restore.sh [--force] [--keep-sessions] [--program PATH] BACKUP

Checks BACKUP (emosation-TIME.sql.gz, with its .sha256 beside it), puts it into the database, which must be empty, migrates and begins
a new epoch: clients forget what was said after the backup, and what Redis still knows of that is not looked at.
The servers must be stopped. Start them when it is done.

  --force          drop what is in the database first
  --keep-sessions  leave everybody logged in who was when the backup was made. Not to be used lightly: it brings sessions to life again
                   that were ended since, and links out of mails that were used
  --program PATH   where the program is (/usr/local/bin/emosation), which reads its settings from the environment as ever. With compose
                   it is that of the service migrate

The database is that of EMOSATION_DATABASE_URL or EMOSATION_DATABASE_URL_FILE, or else that of compose.yaml.
END
}

main() {
	local force="" backup=""
	keep=() executable=/usr/local/bin/emosation
	while [[ $# -gt 0 ]]; do
		case $1 in
		--help | -h) usage && exit 0 ;;
		--force) force=yes ;;
		--keep-sessions) keep=("$1") ;;
		--program)
			[[ $# -ge 2 ]] || misuse "--program wants a path"
			executable=$2
			shift
			;;
		-*) misuse "unknown option $1" ;;
		*)
			[[ -z $backup ]] || misuse "name one backup"
			backup=$1
			;;
		esac
		shift
	done
	[[ $backup ]] || misuse "name the backup"
	verify "$backup"

	trap disconnect EXIT
	connect
	[[ $inside || -x $executable ]] || die "there is no program at $executable; say where with --program"
	be_alone
	make_room "$force"
	ask <<<"CREATE TABLE restoring (id INT PRIMARY KEY)" # no server starts until new-epoch has dropped it
	if ! gzip -dc "$backup" | ask >/dev/null; then
		die "the database did not take it, and holds a part of it now; try again with --force"
	fi
	program migrate
	program new-epoch "${keep[@]}"
	printf 'Restored. Start the servers now.\n'
}

misuse() {
	printf 'restore.sh: %s\n(--help shows how it is used)\n' "$1" >&2
	exit 2
}

# verify looks through all of a backup before anything is touched.
verify() {
	[[ -r $1 ]] || die "cannot read $1"
	[[ -r $1.sha256 ]] || die "the checksum is missing: $1.sha256"
	(cd "$(dirname "$1")" && sha256sum --check --status "${1##*/}.sha256") || die "$1 is not what was written: its checksum is another"
	complete "$1" || die "$1 is not complete"
}

# be_alone makes sure that no server uses the database. It sees the connections of its own user, which servers have.
be_alone() {
	local others
	others=$(ask <<<"SELECT COUNT(*) FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()") ||
		die "the database does not answer"
	[[ $others == 0 ]] || die "$others connections use the database $database: stop the servers first"
}

make_room() {
	local tables
	tables=$(ask <<<"SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()")
	[[ $tables ]] || return 0
	[[ $1 ]] || die "the database $database is not empty; --force drops what is in it"
	{
		printf 'SET FOREIGN_KEY_CHECKS = 0;\n'
		while IFS= read -r table; do printf "DROP TABLE \`%s\`;\n" "$table"; done <<<"$tables"
	} | ask
}

program() {
	if [[ $inside ]]; then
		docker compose --project-directory "$here/.." run --rm -T migrate "$@" </dev/null
	else
		"$executable" "$@"
	fi
}

main "$@"
