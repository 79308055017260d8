#!/usr/bin/env bash
# Writes all that the database holds to a file. See usage below; restore.sh brings it back.
#
# Redis is not in it, for it holds nothing that is not in the database too or gone within a day anyway: who is online, tickets, limits,
# copies of the latest messages. What it still has when a backup is restored belongs to another epoch and is not looked at.
# What is not in it either and has to be kept elsewhere: the settings and secrets (the signing key above all).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=deploy/database.sh
. "$here/database.sh"

usage() {
	cat <<'END'
Usage: backup.sh [--dir FOLDER] [--keep COUNT] [--days DAYS]

Writes FOLDER/emosation-TIME.sql.gz and beside it its checksum, while the servers run. A file of that name is complete. Prints its
name; exits with 0 only when it was written, checked and put in its place.

  --dir FOLDER   where backups are kept (./backups)
  --keep COUNT   after a new backup only so many are kept, the newest (14)
  --days DAYS    and none that is older than this; the newest stays all the same (unless given: of any age)

The database is that of EMOSATION_DATABASE_URL or EMOSATION_DATABASE_URL_FILE, or else that of compose.yaml.
END
}

main() {
	local dir=backups keep=14 days=""
	while [[ $# -gt 0 ]]; do
		case $1 in
		--help | -h) usage && exit 0 ;;
		--dir | --keep | --days)
			[[ $# -ge 2 ]] || misuse "$1 wants a value"
			printf -v "${1#--}" %s "$2"
			shift 2
			;;
		*) misuse "unknown argument $1" ;;
		esac
	done
	[[ $keep =~ ^[1-9][0-9]{0,4}$ ]] || misuse "--keep must be a number from 1 on"
	[[ $days =~ ^([1-9][0-9]{0,4})?$ ]] || misuse "--days must be a number from 1 on"

	umask 077
	mkdir -p "$dir"
	dir=$(cd "$dir" && pwd)
	exec 8<"$dir"
	flock --nonblock 8 || die "another backup is being written to $dir"
	local name
	name=emosation-$(date -u +%Y%m%dT%H%M%SZ).sql.gz
	[[ ! -e $dir/$name ]] || die "$dir/$name is there already"
	partial=$dir/.$name.partial
	trap 'rm -f "$partial"; disconnect' EXIT
	connect
	write "$partial"
	# The checksum first: what is there under its name can be restored.
	(cd "$dir" && sha256sum "${partial##*/}") | sed "s/ [ *].*/  $name/" >"$dir/$name.sha256"
	sync "$partial" "$dir/$name.sha256"
	mv "$partial" "$dir/$name"
	sync "$dir"
	rotate "$dir" "$keep" "$days"
	printf '%s\n' "$dir/$name"
}

misuse() {
	printf 'backup.sh: %s\n(--help shows how it is used)\n' "$1" >&2
	exit 2
}

# write dumps the database as it is at one moment, which holds nobody up, and makes sure that the end is not missing.
write() {
	client mariadb-dump mysqldump --single-transaction --quick --skip-lock-tables --no-tablespaces --skip-add-drop-table \
		--skip-dump-date --hex-blob --default-character-set=utf8mb4 "$database" </dev/null | gzip -c >"$1" ||
		die "the database could not be dumped; nothing was kept"
	complete "$1" || die "the dump has no end; nothing was kept"
}

# rotate removes the oldest backups. Times are in the names, so that a copied file is no younger than before.
rotate() {
	local dir=$1 keep=$2 days=$3 oldest="" number=0 file
	[[ -z $days ]] || oldest=emosation-$(date -u -d "-$days days" +%Y%m%dT%H%M%SZ)
	while IFS= read -r file; do
		number=$((number + 1))
		if [[ $number -gt $keep || $number -gt 1 && $file < $oldest ]]; then rm -f "$dir/$file" "$dir/$file.sha256"; fi
	done < <(cd "$dir" && ls -r emosation-*.sql.gz)
	find "$dir" -maxdepth 1 -name '.emosation-*.partial' -mmin +1440 -delete # of one that was killed
}

main "$@"
