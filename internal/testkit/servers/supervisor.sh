# Usage: sh -c "$(cat supervisor.sh)" supervisor DIR COMMAND ARG...
# Runs the command until standard input ends, then kills it and removes DIR. What the command prints goes to DIR/log,
# its process id to DIR/running; if it ends by itself, DIR/exited holds its exit code.
dir=$1
shift
trap '' INT TERM HUP
exec 3<&0
"$@" >>"$dir/log" 2>&1 </dev/null 3<&- &
server=$!
echo "$server" >"$dir/running"
{
	cat <&3 >/dev/null
	kill -KILL "$server" 2>/dev/null
} &
watcher=$!
wait "$server" 2>/dev/null
echo "$?" >"$dir/exited"
kill -KILL "$watcher" 2>/dev/null
cat <&3 >/dev/null
# What the server has started itself may write for a moment longer.
for _ in 1 2 3 4 5 6 7 8 9 10; do
	rm -rf "$dir" 2>/dev/null && exit 0
	sleep 0.2
done
rm -rf "$dir"
