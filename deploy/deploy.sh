#!/usr/bin/env bash
# Puts other images in the place of those that run, one node after the other, and puts the old ones back when the new
# ones do not work. See usage below; deploy/README.md tells what the host needs.
set -euo pipefail
# shellcheck source=deploy/files.sh
. "$(dirname "${BASH_SOURCE[0]}")/files.sh"

usage() {
	cat <<'END'
Usage: deploy.sh [OPTION...] deploy API_IMAGE WEB_IMAGE
       deploy.sh [OPTION...] rollback
       deploy.sh [OPTION...] status

deploy    pulls both images, which are named by digest (name@sha256:...), checks the settings with the new one,
          migrates, replaces api-1, api-2 and web, and tests what runs then. What fails before the first is replaced
          changes nothing; what fails later is undone. It can be run again after it was killed.
rollback  goes back to the images and files of the deployment before, or of before one that was killed. The schema stays.
status    shows what runs, what ran before and whether a deployment was killed.

  --bundle FILE       bring compose.yaml and deploy/ along, which a release has in its emosation.tar.gz. What somebody has
                      changed on the host stays as it is, as do .env, deploy/secrets and compose.override.yaml; what a
                      release would change too is named, and nothing is deployed
  --dir DIR           holds compose.yaml and .env (unless given: the folder above this script; emosation with --host)
  --url URL           what the test looks at (unless given: EMOSATION_PUBLIC_URL of .env)
  --nodes-only        test only whether the nodes are ready, and not what doctor finds at the URL
  --backup            run deploy/backup.sh before the schema changes
  --wait SECONDS      how long one node may take until it is ready (120)
  --settle SECONDS    how long web may take to believe in a node again (6)
  --host USER@HOST    do all this there, over SSH, whose key must be known:
  --port PORT, --identity FILE, --known-hosts FILE

Exit codes: 0 done, 1 failed and nothing has changed, 2 wrong arguments, 3 failed and the old images run again,
4 failed half-way and needs a person, 255 no connection.
END
}

main() {
	local dir="" url="" bundle="" backup="" nodes_only="" wait=120 settle=6 host="" port=22 identity="" known_hosts=""
	while [[ ${1-} == -* ]]; do
		case $1 in
		--help | -h) usage && exit 0 ;;
		--backup) backup=yes ;;
		--nodes-only) nodes_only=yes ;;
		--dir | --url | --bundle | --wait | --settle | --host | --port | --identity | --known-hosts)
			[[ $# -ge 2 ]] || misuse "$1 wants a value"
			local name=${1#--}
			printf -v "${name//-/_}" %s "$2"
			shift
			;;
		*) misuse "unknown option $1" ;;
		esac
		shift
	done
	check_arguments "$@"
	[[ -z $bundle ]] || check_bundle
	if [[ -n $host ]]; then
		elsewhere "$@"
	else
		here "$@"
	fi
}

misuse() {
	printf 'deploy.sh: %s\n(--help shows how it is used)\n' "$1" >&2
	exit 2
}

# Whatever is let through here may stand on a command line of another machine.
check_arguments() {
	local number='^[1-9][0-9]{0,4}$' path='^[A-Za-z0-9_./][A-Za-z0-9_./-]*$'
	[[ $wait =~ $number && $port =~ $number && ($settle == 0 || $settle =~ $number) ]] || misuse "--wait, --settle and --port want numbers"
	[[ -z $url || $url =~ ^https?://[][A-Za-z0-9.:/_-]+$ ]] || misuse "--url wants http://... or https://..."
	[[ -z $dir || $dir =~ $path ]] || misuse "--dir wants a path of letters, digits and _ . / -"
	[[ -z $host || $host =~ ^[A-Za-z0-9_.@:-]+$ && $host != -* ]] || misuse "--host wants USER@HOST"
	[[ -z $bundle || ${1-} == deploy ]] || misuse "--bundle belongs to deploy"
	case ${1-} in
	deploy)
		[[ $# -eq 3 ]] || misuse "deploy wants two images: of the API and of the web app"
		{ by_digest "$2" && by_digest "$3"; } || misuse "images are named by digest, as in ghcr.io/emosation/api@sha256:<64 hex digits>"
		;;
	rollback | status) [[ $# -eq 1 ]] || misuse "$1 wants no arguments" ;;
	*) misuse "say deploy, rollback or status" ;;
	esac
}

check_bundle() {
	[[ -r $bundle ]] || misuse "cannot read $bundle"
	bundle=$(realpath "$bundle")
	[[ ${bundle##*/} =~ ^[A-Za-z0-9][A-Za-z0-9_.-]*\.tar\.gz$ ]] || misuse "--bundle wants a file named as ... .tar.gz"
	[[ ! -e $bundle.sha256 ]] || (cd "${bundle%/*}" && sha256sum --check --status "${bundle##*/}.sha256") ||
		misuse "$bundle is not what was released: its checksum is another"
}

by_digest() { [[ $1 =~ ^[a-z0-9][a-z0-9._:/-]*@sha256:[0-9a-f]{64}$ ]]; }

# ---- on the machine that one deploys from

elsewhere() {
	dir=${dir:-emosation}
	local ssh=(ssh -T -p "$port" -o BatchMode=yes -o StrictHostKeyChecking=yes -o ConnectTimeout=20
		-o ServerAliveInterval=15 -o ServerAliveCountMax=8)
	[[ -z $known_hosts ]] || ssh+=(-o UserKnownHostsFile="$known_hosts" -o GlobalKnownHostsFile=/dev/null)
	[[ -z $identity ]] || ssh+=(-i "$identity" -o IdentitiesOnly=yes)
	local state=$dir/.deploy
	local command=(bash "$state/deploy.sh" --dir "$dir" --wait "$wait" --settle "$settle") from sending=()
	from=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
	if [[ -n $bundle ]]; then
		local sum
		sum=$(sha256sum <"$bundle") sum=${sum%% *} # two who deploy at once do not get each other's
		sending=(-C "${bundle%/*}" --transform "s/^${bundle##*/}\$/$sum.tar.gz/" "${bundle##*/}")
		command+=(--bundle "$state/$sum.tar.gz")
	fi
	# It is there as a whole before it runs, so that a connection that breaks cannot cut off its end.
	tar -cf - -C "$from" deploy.sh files.sh "${sending[@]}" | "${ssh[@]}" -- "$host" \
		"umask 077 && mkdir -p $state/new.\$\$ && tar -xf - -C $state/new.\$\$ && mv $state/new.\$\$/* $state/ && rmdir $state/new.\$\$"
	[[ -z $url ]] || command+=(--url "$url")
	[[ -z $backup ]] || command+=(--backup)
	[[ -z $nodes_only ]] || command+=(--nodes-only)
	exec "${ssh[@]}" -- "$host" "$(printf '%q ' "${command[@]}" "$@")" </dev/null
}

# ---- on the host

readonly nodes=(api-1 api-2) # of compose.yaml

here() {
	trap '' HUP PIPE # who began this may leave; it ends what it began
	cd "${dir:-$(dirname "${BASH_SOURCE[0]}")/..}"
	[[ -e .env ]] || fail "there is no .env in $PWD: copy .env.example and fill it in"
	umask 077
	mkdir -p .deploy
	if [[ $1 == status ]]; then
		docker compose ps --quiet >/dev/null || fail "docker compose does not work in $PWD"
		show_status
		return
	fi
	exec 9>>.deploy/lock
	# Whatever this starts holds the lock too: a step that outlives its script keeps others waiting.
	flock --nonblock 9 || fail "another deployment is running on this host, begun by process $(<.deploy/lock); nothing was done"
	echo "$$" >.deploy/lock
	tail -n 2000 .deploy/log >.deploy/log.new 2>/dev/null || :
	mv .deploy/log.new .deploy/log
	quietly docker compose ps --quiet || fail "docker compose does not work in $PWD"
	url=${url:-$(setting EMOSATION_PUBLIC_URL)}
	[[ -n $url ]] || fail "EMOSATION_PUBLIC_URL is not set in .env: say --url"
	api="" web="" files=""
	if [[ $1 == deploy ]]; then
		deploy "$2" "$3"
	else
		rollback
	fi
}

deploy() {
	local new="" before killed=""
	if [[ -n $bundle ]]; then
		unpack "$bundle" || fail "$bundle is not a bundle of a release; nothing was changed"
		[[ -e .deploy/tree ]] || take_stock "$new" || fail "could not keep what is there; nothing was changed"
	fi
	[[ ! -e .deploy/wanted ]] || killed=yes
	remember_what_runs
	before=$files api=$1 web=$2 files=${new:-$files}
	say "deploying $api and $web${new:+ with the files of ${new:0:12}}"
	quietly docker pull --quiet "$api" || fail "could not pull $api; nothing was changed"
	quietly docker pull --quiet "$web" || fail "could not pull $web; nothing was changed"
	if [[ -n $new ]]; then
		fits "$new" || fail "these files do not go together with what is yours on this host; nothing was changed"
		keep .deploy/wanted
		place "$new" . || unchanged "could not write compose.yaml and deploy/"
	fi
	quietly compose run --rm --no-deps -T "${nodes[0]}" check-config || unchanged "the new program refuses the settings"
	if [[ -n $backup ]]; then
		say "backing up"
		quietly deploy/backup.sh || unchanged "the backup failed"
	fi
	say "migrating"
	# A database that runs is left alone: as something that migrate needs it would be replaced where compose.yaml changed.
	local alone=()
	[[ -z $(container_of mariadb) ]] || alone=(--no-deps)
	quietly compose run --rm "${alone[@]}" -T migrate || unchanged "the migration failed; what runs goes on as it was"
	keep .deploy/wanted
	if roll && works; then
		succeed
		renew_watch
		say "done"
	else
		go_back
	fi
}

# unchanged gives up before anything was replaced.
unchanged() {
	if [[ -n $new ]]; then
		place "$before" . || fail "$1; and compose.yaml and deploy/ cannot be put back: run deploy.sh rollback"
		[[ -n $killed ]] || rm -f .deploy/wanted
	fi
	fail "$1; nothing was changed"
}

# What is to run if the new images do not work. After a deployment that was killed that is not what runs now.
remember_what_runs() {
	if [[ -e .deploy/wanted ]]; then
		say "a deployment was killed before its end; what ran before it is still known"
		recall .deploy/wanted
		place "$files" . || fail "could not write compose.yaml and deploy/"
		return
	fi
	api=$(image_of api-1) web=$(image_of web)
	[[ -n $api ]] || api=$(image_of api-2) # one that is down has none
	[[ ! -e .deploy/tree ]] || files=$(<.deploy/tree)
	[[ -z $api || -z $web ]] || keep .deploy/good
}

succeed() {
	if ! same .deploy/wanted .deploy/good; then
		local oldest=""
		[[ ! -e .deploy/previous ]] || oldest=$(<.deploy/previous)
		[[ ! -e .deploy/good ]] || mv .deploy/good .deploy/previous
		forget "$oldest"
	fi
	mv .deploy/wanted .deploy/good
	forget_files
}

# Disks of small servers are full of old images otherwise.
forget() {
	local line
	while IFS= read -r line; do
		[[ -z $line ]] || grep -qsxF "$line" .deploy/wanted .deploy/previous || docker image rm "${line#*=}" >/dev/null 2>&1 </dev/null || :
	done <<<"$1"
}

go_back() {
	if [[ ! -e .deploy/good ]]; then
		say "FAILED: nothing ran before, so there is nothing to go back to. See docker compose logs, then deploy again."
		exit 4
	fi
	say "FAILED: going back to what ran before"
	local leaving
	leaving=$(files_of .deploy/wanted)
	recall .deploy/good
	if put_back && works; then
		rm .deploy/wanted
		say "ROLLED BACK: $api and $web run again. The schema stays as migrated."
		exit 3
	fi
	say "NEEDS A PERSON: going back failed, too. See docker compose ps and docker compose logs, then run deploy.sh rollback."
	exit 4
}

rollback() {
	local to=.deploy/previous from=.deploy/good leaving image
	[[ ! -e .deploy/wanted ]] || to=.deploy/good from=.deploy/wanted
	[[ -e $to ]] || fail "there is nothing to go back to"
	leaving=$(files_of "$from")
	recall "$to"
	say "going back to $api and $web"
	for image in "$api" "$web"; do
		quietly docker image inspect "$image" || quietly docker pull --quiet "$image" || fail "could not pull $image; nothing was changed"
	done
	if [[ $to == .deploy/previous ]]; then
		keep .deploy/wanted # if this is killed, the next one finds its way back to good
	fi
	if ! { put_back && works; }; then
		say "NEEDS A PERSON: going back failed. See docker compose ps and docker compose logs, then try again."
		exit 4
	fi
	if [[ $to == .deploy/previous ]]; then
		succeed
	else
		rm .deploy/wanted
	fi
	say "done"
}

# ---- steps

# roll replaces one after the other, and each only when the one before is ready. The web app may need the API that comes
# with it, and not the reverse.
roll() {
	local service
	set_images || return
	if [[ -z "$(container_of web)$(container_of api-1)$(container_of api-2)" ]]; then
		say "starting everything"
		quietly compose up --detach --no-build || return
	fi
	for service in "${nodes[@]}" web; do
		replace "$service" || return
	done
}

# put_back is roll in the other direction, and brings the files back that go with the images. What already runs the image
# it should run is left alone, come what may.
put_back() {
	local service
	place "$files" . && set_images || return
	for service in web api-2 api-1; do
		# With another compose.yaml Compose knows better what is as wanted.
		[[ $files == "$leaving" && $(image_of "$service") == "$(wanted_of "$service")" ]] || replace "$service" || return
	done
	renew_watch
}

wanted_of() { if [[ $1 == web ]]; then printf %s "$web"; else printf %s "$api"; fi; }

replace() {
	local service=$1 before after
	before=$(container_of "$service")
	# Compose lets the old one end by SIGTERM within its stop_grace_period; it replaces nothing that is as wanted.
	if ! quietly compose up --detach --no-deps --no-build --wait --wait-timeout "$wait" "$service"; then
		say "$service does not get healthy; its last words:"
		docker compose logs --no-log-prefix --tail 20 "$service" 2>&1 | show || :
		return 1
	fi
	if [[ $(image_of "$service") != "$(wanted_of "$service")" ]]; then
		say "$service runs $(image_of "$service"): compose.yaml does not take it from EMOSATION_API_IMAGE and EMOSATION_WEB_IMAGE"
		return 1
	fi
	if [[ $service != web ]] && ! until_it_works ready "$service"; then
		say "$service does not get ready"
		return 1
	fi
	after=$(container_of "$service")
	if [[ $before == "$after" ]]; then
		say "$service is as wanted"
		return
	fi
	say "$service was replaced"
	[[ $service == web ]] || sleep "$settle"
}

ready() { docker compose exec -T "$1" /emosation healthcheck --ready; }

# works asks the nodes themselves, and then the whole as people reach it: pages, REST, a socket.
works() {
	local service
	for service in "${nodes[@]}"; do
		until_it_works ready "$service" || {
			say "$service is not ready"
			return 1
		}
	done
	[[ -z $nodes_only ]] || return 0
	# On the host's own network, as people come; it needs no settings and no secrets.
	local doctor=(docker run --rm --network host --read-only --cap-drop ALL "$api" doctor)
	[[ $(setting WEB_TLS) != "tls internal" ]] || doctor+=(-insecure) # web vouches for itself
	until_it_works "${doctor[@]}" "$url" || {
		say "$url does not answer as it should"
		return 1
	}
}

# until_it_works COMMAND... tries for as long as a node may take, and shows what it said last.
until_it_works() {
	local said deadline=$((SECONDS + wait))
	until said=$("$@" 2>&1 </dev/null); do
		if ((SECONDS >= deadline)); then
			show <<<"$said"
			return 1
		fi
		sleep 2
	done
}

# ---- docker

# compose runs with the images of this moment, which win over those of .env.
compose() { EMOSATION_API_IMAGE=$api EMOSATION_WEB_IMAGE=$web docker compose "$@"; }

container_of() { docker compose ps --quiet "$1" 2>/dev/null | head -n 1; }

image_of() {
	local container
	container=$(container_of "$1")
	[[ -z $container ]] || docker inspect --format '{{.Config.Image}}' "$container"
}

# quietly COMMAND... shows what a command says only when it fails.
quietly() {
	local said code=0
	said=$("$@" 2>&1 </dev/null) || code=$?
	[[ $code -eq 0 ]] || show <<<"$said"
	return "$code"
}

# renew_watch shows what watches us its new settings; nothing depends on it.
renew_watch() {
	local service
	for service in prometheus grafana; do
		[[ -n $(container_of "$service") ]] || continue
		quietly compose up --detach --no-deps "$service" || say "$service does not start again; see docker compose logs $service"
	done
	[[ -z $(container_of prometheus) ]] || quietly docker compose kill --signal HUP prometheus || :
}

# ---- state: files of three lines

keep() {
	if ! printf 'EMOSATION_API_IMAGE=%s\nEMOSATION_WEB_IMAGE=%s\nFILES=%s\n' "$api" "$web" "$files" >"$1.new" || ! mv "$1.new" "$1"; then
		fail "could not write $1: is the disk full?"
	fi
}

recall() {
	api=$(sed -n 's/^EMOSATION_API_IMAGE=//p' "$1")
	web=$(sed -n 's/^EMOSATION_WEB_IMAGE=//p' "$1")
	files=$(files_of "$1")
}

files_of() { sed -n 's/^FILES=//p' "$1"; }

same() { cmp -s "$1" "$2" || [[ ! -e $1 && ! -e $2 ]]; }

# setting reads a value as Compose does: what comes last counts, without quotes and without what is said about it.
setting() { sed -nE "s/\r$//; s/^(export )?$1 *= *//p" .env | tail -n 1 | sed -E "s/^(\"[^\"]*\"|'[^']*').*/\1/; t; s/ +#.*//; s/ +$//" | tr -d \"\'; }

# set_images writes into .env what is to run from now on, so that a docker compose up by hand brings nothing else.
set_images() {
	local file new
	[[ $(setting EMOSATION_API_IMAGE) != "$api" || $(setting EMOSATION_WEB_IMAGE) != "$web" ]] || return 0
	file=$(readlink -f .env) && new=$(mktemp "$file.XXXXXX") || return
	# All that somebody has written there is in it: nothing less may take its place.
	if { grep -vE '^(export )?EMOSATION_(API|WEB)_IMAGE *=' "$file" || [[ $? -eq 1 ]]; } >"$new" &&
		printf 'EMOSATION_API_IMAGE=%s\nEMOSATION_WEB_IMAGE=%s\n' "$api" "$web" >>"$new" &&
		chmod --reference="$file" "$new" && { chown --reference="$file" "$new" 2>/dev/null || :; } && mv "$new" "$file"; then
		return
	fi
	say "could not write .env"
	rm -f "$new"
	return 1
}

show_status() {
	local service
	for service in "${nodes[@]}" web; do
		printf '%-8s %s\n' "$service" "$(image_of "$service")"
	done
	for service in good previous wanted; do
		[[ ! -e .deploy/$service ]] || sed "s/^EMOSATION_\(...\)_IMAGE=/$service \1 /; s/^FILES=/$service files /" ".deploy/$service"
	done
	[[ ! -e .deploy/wanted ]] || echo "A deployment is under way or was killed."
}

# ---- what is said

say() {
	local line
	line="$(date -u +%FT%TZ) $*"
	printf '%s\n' "$line" 2>/dev/null >>.deploy/log || :
	printf '%s\n' "$line" 2>/dev/null || : # nobody may listen any more
}

show() { tail -n 40 | sed 's/^/    /' | tee -a .deploy/log 2>/dev/null || :; }

fail() {
	if [[ -d .deploy ]]; then say "FAILED: $1"; else printf 'FAILED: %s\n' "$1" >&2; fi
	exit 1
}

main "$@"
