package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNumbersStandBesideWhatTheyAreMeasuredBy(t *testing.T) {
	found := make(results)
	require.NoError(t, found.read(`goos: linux
BenchmarkSend/mariadb-2         	   20000	     85000 ns/op	     11700 messages/s
BenchmarkBareInsert/mariadb-2   	   20000	     22000 ns/op	     46800 messages/s
BenchmarkSearch/mariadb/rare_mixed/rooms=20-2     	      50	   1 ns/op	  1.5 p50-ms
BenchmarkSearch/mariadb/rare_mixed/rooms=1000-2   	      50	   1 ns/op	  18.94 p50-ms
BenchmarkStart-2                	       5	 308214188 ns/op	        57.5 memory-MiB
PASS
`))
	require.NoError(t, found.readLoad(`{"workloads": [{"plan": {"workload": "W4"}, "contenders": [
		{"name": "emosation", "medians": {"requests/s": 6000}}, {"name": "emosation+sql", "medians": {"requests/s": 2000}}]}]}`))
	var out strings.Builder
	found.print(&out)
	require.Regexp(t, `store a message, 64 senders, MariaDB +11700 messages/s +× 0\.25 +46800 its row alone`, out.String())
	require.Regexp(t, `read the latest 100 of 10⁴, 10 clients +6000 requests/s +× 3 +2000 without the cache`, out.String())
	require.Regexp(t, `search in all rooms, mixed, rare +18\.9 p50-ms`, out.String())
	require.Regexp(t, `what memory it holds then +57\.5 memory-MiB +\(at most 60\)`, out.String())
	require.Regexp(t, `hub: a message to 1000 members +not measured`, out.String())

	require.Error(t, found.read("BenchmarkX-2 1 fast ns/op"))
	require.Error(t, found.readLoad("nothing"))
}
