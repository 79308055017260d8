#!/bin/sh
# changelog.sh TAG prints what has changed since the release before, by the part of the program that a commit names
# before its colon.
set -eu
tag=$1
previous=$(git describe --tags --abbrev=0 --match 'v[0-9]*' "$tag^" 2>/dev/null) || {
	echo "The first release."
	exit
}
git log --no-merges --format='%s%x09%h' "$previous..$tag" | awk -F '\t' '
	{
		colon = index($1, ": ")
		part = "everything else"
		if (colon && substr($1, 1, colon - 1) ~ /^[a-z0-9, \/-]+$/) {
			part = substr($1, 1, colon - 1)
			$1 = substr($1, colon + 2)
		}
		if (!(part in changes)) parts[++n] = part
		changes[part] = changes[part] "- " $1 " (" $2 ")\n"
	}
	END {
		for (i = 2; i <= n; i++) # awks without asort are common; parts are few
			for (j = i; j > 1 && parts[j - 1] > parts[j]; j--) { t = parts[j]; parts[j] = parts[j - 1]; parts[j - 1] = t }
		for (i = 1; i <= n; i++) printf "### %s\n\n%s\n", parts[i], changes[parts[i]]
	}'
echo "All changes: $previous...$tag"
