# Usage: sh -c "$(cat supervisor.sh)" supervisor DIR COMMAND ARG...
# Runs the command until standard input ends, then kills it and removes DIR.
dir=$1
shift
trap '' INT TERM HUP
"$@" >"$dir/log" 2>&1 </dev/null &
server=$!
cat >/dev/null
kill -KILL "$server" 2>/dev/null
wait "$server" 2>/dev/null
rm -rf "$dir"
