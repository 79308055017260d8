package loadtest

import (
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestParseFillsInTheWorkloads(t *testing.T) {
	o, err := Parse(strings.Fields("-workload W1,w1c,W2,W3,W4,W5 -duration 3s -rooms 7 -payload 200 -sockets 50 -runs 3 -json"), io.Discard)
	require.NoError(t, err)
	require.Equal(t, 3, o.Runs)
	require.True(t, o.JSON)
	require.Equal(t, []string{"floor", "floor+rows"}, o.Floors)
	texts := make([]string, len(o.Plans))
	for i, p := range o.Plans {
		texts[i] = p.String()
		require.Equal(t, 3*time.Second, p.Duration)
		require.Equal(t, 2*time.Second, p.Warmup)
	}
	require.Equal(t, []string{
		"W1: 7 rooms of 10, 1 sending in each, 1 unacknowledged, 200 bytes",
		"W1c: 7 rooms of 10, 1 sending in each, 8 unacknowledged, 200 bytes",
		"W2: 7 rooms of 1000, 1 sending in each, 20 messages/s, 200 bytes",
		"W3: 50 idle sockets, 25 a user",
		"W4: 10 clients read the latest 100 of 1000 messages",
		"W5: 16 people at a time register and log in",
	}, texts)
	require.Equal(t, 70, o.Plans[0].users())
	require.Equal(t, 2, o.Plans[3].users())
	require.Zero(t, o.Plans[5].users())
}

func TestARateSpreadsOverTheSenders(t *testing.T) {
	o, err := Parse(strings.Fields("-rate 300 -senders 3"), io.Discard)
	require.NoError(t, err)
	require.Equal(t, 500*time.Millisecond, o.Plans[0].interval())
	require.Equal(t, atRate, o.Plans[0].Unacked, "a rate does not wait for acknowledgements")

	o, err = Parse(strings.Fields("-workload W2 -rate 0 -unacked 4"), io.Discard)
	require.NoError(t, err)
	require.Zero(t, o.Plans[0].interval())
	require.Equal(t, 4, o.Plans[0].Unacked)
}

func TestParseRefusesWhatIsOutOfBoundsOrNotOnThisMachine(t *testing.T) {
	for args, complaint := range map[string]string{
		"-workload W9":                      `no workload "W9"`,
		"-rooms 0":                          "W1: -rooms must be from 1 to 10000",
		"-members 1001":                     "W1: -members must be from 1 to 1000",
		"-rooms 10000 -members 1000":        "W1: -rooms times -members must be from 1 to 100000",
		"-senders 11":                       "-senders must be from 1 to 10",
		"-unacked -1":                       "-unacked must be",
		"-payload 5":                        "-payload must be",
		"-payload 4001":                     "-payload must be",
		"-rate -1":                          "-rate must be",
		"-duration 1h":                      "-duration must be",
		"-warmup -1s":                       "-warmup must be",
		"-workload W3 -sockets 200000":      "-sockets must be",
		"-workload W3 -per-user 33":         "-per-user must be",
		"-workload W4 -history 99":          "-history must be",
		"-workload W4 -history 1e6":         "-history wants numbers",
		"-workload W5 -clients 5000":        "-clients must be",
		"-runs 0":                           "-runs must be",
		"-nodes 17":                         "-nodes must be",
		"-nodes 1,0":                        "-nodes must be",
		"-nodes one":                        "-nodes wants numbers",
		"-nodes 2 -url http://127.0.0.1:1":  "-nodes is for servers that the tool starts",
		"-floors ceiling":                   `no floor "ceiling"`,
		"-pid 7":                            "-pid wants",
		"-pid x -url http://127.0.0.1:1":    "-pid wants",
		"-url chat.example.org":             "not of the form",
		"-url http://127.0.0.1:1/api":       "not of the form",
		"-url http://chat.example.org":      "chat.example.org is not on this machine",
		"-url http://localhost.example.org": "is not on this machine",
		"-url http://10.0.0.7:8080":         "10.0.0.7:8080 is not on this machine",
		"now":                               `"now" is no flag`,
		"-speed 7":                          "not defined",
	} {
		_, err := Parse(strings.Fields(args), io.Discard)
		require.ErrorContains(t, err, complaint, args)
	}
}

func TestParseAcceptsThisMachineAndWhatIsAllowed(t *testing.T) {
	for _, args := range []string{
		"-url http://127.0.0.1:8080/,http://localhost:8081,http://[::1]:8082 -pid 7,8", "-url https://chat.example.org -allow-remote", "-floors none",
	} {
		_, err := Parse(strings.Fields(args), io.Discard)
		require.NoError(t, err, args)
	}
	o, err := Parse([]string{"-url", "http://127.0.0.1:8080/"}, io.Discard)
	require.NoError(t, err)
	require.Equal(t, []string{"http://127.0.0.1:8080"}, o.URLs)
}

func TestServersOfOtherMachinesAreRefusedWithoutTellingTheirPasswords(t *testing.T) {
	for address, here := range map[string]bool{
		"sqlite:///data/x.db": true, "embedded": true, "unix:///run/redis.sock": true, "redis://127.0.0.1:6379": true,
		"mysql://root@localhost/x": true, "mysql://u:hunter2@db/x?socket=%2Fs": true, "mysql://u:hunter2@[::1]:3306/x": true,
		"mysql://u:hunter2@db/x": false, "redis://:hunter2@10.0.0.7": false, "rediss://:hunter2@127.0.0.1.example.org": false, "redis://:hunter2@%": false,
	} {
		err := checkServer("THE_URL", address)
		if here {
			require.NoError(t, err, address)
			continue
		}
		require.ErrorContains(t, err, "THE_URL")
		require.NotContains(t, err.Error(), "hunter2")
	}
}

func TestRunRefusesBeforeItDoesAnything(t *testing.T) {
	w := testWorld()
	w.DatabaseURL, w.RedisURL = "mysql://u:p@db.example.org/x", "embedded"
	require.ErrorContains(t, Run(t.Context(), w, Options{}), "EMOSATION_DATABASE_URL is not on this machine")
	w.DatabaseURL = "sqlite:///x"
	require.ErrorContains(t, Run(t.Context(), w, Options{Plans: []Plan{{nodes: []int{1, 2}}}}), "several nodes")
}
