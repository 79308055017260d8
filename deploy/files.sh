# shellcheck shell=bash
# compose.yaml and deploy/ as releases bring them, for deploy.sh, which sources this file. Each is a folder of .deploy/trees, and
# .deploy/tree names the one that is in place, or both between which somebody was killed. What is in none of them was changed or
# added on this host, and is not ours.

# unpack BUNDLE makes a tree of it, named by its checksum.
unpack() {
	local bundle=$1 names kinds
	new=$(sha256sum <"$bundle") || return
	new=${new%% *}
	if [[ ! -d .deploy/trees/$new ]]; then
		{ names=$(tar -tzf "$bundle") && kinds=$(tar -tvzf "$bundle"); } 2>/dev/null || return
		grep -qx emosation/compose.yaml <<<"$names" || return
		! grep -qvxE 'emosation/((compose\.yaml|\.env\.example|images\.env|LICENSE)?|deploy(/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*/?)' <<<"$names" || return
		! grep -qE '^emosation/deploy/secrets(/|$)' <<<"$names" && ! grep -q '^[^d-]' <<<"$kinds" || return
		rm -rf .deploy/trees/new && mkdir -p .deploy/trees/new || return
		(umask 022 && tar -xzf "$bundle" -C .deploy/trees/new --strip-components=1 --no-same-owner --no-same-permissions) || return
		mv -T .deploy/trees/new ".deploy/trees/$new" || return
	fi
	[[ $bundle != "$PWD"/.deploy/* ]] || rm -f "$bundle"
}

# take_stock TREE makes a tree of those of its files that are here before any release has brought them.
take_stock() {
	local own path
	own=own-$(date -u +%Y%m%dT%H%M%SZ)
	rm -rf .deploy/trees/new && mkdir -p .deploy/trees/new || return
	while read -r path; do
		[[ ! -e $path ]] || put "$path" ".deploy/trees/new/$path" || return
	done < <(paths "$1")
	mv -T .deploy/trees/new ".deploy/trees/$own" && echo "$own" >.deploy/tree.new && mv .deploy/tree.new .deploy/tree
}

# fits refuses a tree that would change what was changed here as well, or that does not go together with what was added.
fits() {
	local path others="" bases
	read -ra bases <.deploy/tree
	while read -r path; do
		ours "$path" . || same "$path" ".deploy/trees/$1/$path" || same ".deploy/trees/$1/$path" ".deploy/trees/${bases[0]}/$path" || others+=" $path"
	done < <(paths "${bases[@]}" "$1")
	if [[ -n $others ]]; then
		say "changed on this host and by the release:$others. Move what is yours to compose.override.yaml or a file of its own, or bring it in line with the release"
		return 1
	fi
	rm -rf .deploy/candidate && mkdir -p .deploy/candidate/deploy || return
	[[ ! -d deploy ]] || tar -cf - -C deploy --exclude=./secrets . | tar -xf - -C .deploy/candidate/deploy || return
	for path in .env compose.yaml compose.override.yaml compose.override.yml; do
		[[ ! -e $path ]] || cp "$path" .deploy/candidate/ || return
	done
	place "$1" .deploy/candidate && (cd .deploy/candidate && quietly compose config --quiet) || return
	rm -rf .deploy/candidate
}

# place TREE ROOT puts the files of a tree where those of another one are, compose.yaml last. Killed in between, it goes on
# when it is run again, in either direction.
place() {
	local tree=$1 root=$2 bases path
	[[ -n $tree ]] && read -ra bases <.deploy/tree || return 0
	[[ $root == . && "${bases[*]}" != "$tree" ]] && echo "${bases[*]} $tree" >.deploy/tree.new && mv .deploy/tree.new .deploy/tree
	while read -r path; do
		if same "$root/$path" ".deploy/trees/$tree/$path"; then
			continue
		elif ! ours "$path" "$root"; then
			[[ $root != . ]] || say "$path was changed here and stays as it is"
		elif [[ -e .deploy/trees/$tree/$path ]]; then
			put ".deploy/trees/$tree/$path" "$root/$path" || return
		else
			rm -f "$root/$path" || return
		fi
	done < <(paths "${bases[@]}" "$tree")
	[[ $root != . ]] || { echo "$tree" >.deploy/tree.new && mv .deploy/tree.new .deploy/tree; }
}

put() {
	# The users of containers read these files, whoever deploys.
	(umask 022 && mkdir -p "${2%/*}") && cp --preserve=mode,timestamps "$1" "$2.new" && mv "$2.new" "$2"
}

# ours tells whether a file is as one of the trees in place has it.
ours() {
	local base
	for base in "${bases[@]}"; do
		! same "$2/$1" ".deploy/trees/$base/$1" || return 0
	done
	return 1
}

paths() {
	local tree
	for tree in "$@"; do find ".deploy/trees/$tree" -type f -printf '%P\n'; done | grep -vx compose.yaml | sort -u
	echo compose.yaml
}

forget_files() {
	local tree
	rm -rf .deploy/trees/new .deploy/candidate
	for tree in .deploy/trees/*; do
		[[ ! -d $tree ]] || grep -qsF "${tree##*/}" .deploy/tree .deploy/good .deploy/previous || rm -rf "$tree"
	done
	rm -rf .deploy/*.tar.gz .deploy/new.*
}
