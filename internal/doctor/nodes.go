package doctor

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

const (
	apiPath  = "/api/v1"
	keysPath = "/.well-known/jwks.json"
	// noOperation is the code of our answer to what does not exist. Nobody else has it.
	noOperation = "request.no_such_operation"
	signInFirst = "auth.unauthenticated"
	// samples is how often the nodes are asked, each time over a new connection.
	samples = 8
	// Clocks that differ by more make tokens end early or begin late.
	clockWithin = 30 * time.Second
)

// api looks whether our program answers below /api.
func (x *examination) api(ctx context.Context) bool {
	const upstream = "The proxy reaches no node that is ready: see that the nodes run, that the proxy's upstream addresses are theirs, and what their /readyz says."
	before := x.Now()
	a, err := x.get(ctx, apiPath+"/doctor-"+strings.ToLower(rand.Text()))
	took := x.Now().Sub(before)
	switch {
	case err != nil:
		x.fail("API", "Look into the web server's log.", "%s is not answered: %v", apiPath, err)
		return false
	case a.code() == noOperation:
		x.ok("API", "our program answers below %s", apiPath)
		x.clock(a, before.Add(took/2), took)
		return true
	case a.isPage():
		x.fail("API", "Pass /api/, /ws and "+keysPath+" on to the nodes before anything is answered from files.", "the web app's page answers below %s", apiPath)
	case a.status == http.StatusBadGateway || a.status == http.StatusServiceUnavailable || a.status == http.StatusGatewayTimeout:
		x.fail("API", upstream, "%s", a)
	default:
		x.fail("API", "Something else answers there, or the proxy changes the path or replaces our answers with pages of its own: pass /api/ on as it is.", "%s", a)
	}
	return false
}

// clock compares the server's clock with ours.
func (x *examination) clock(a answer, asked time.Time, took time.Duration) {
	theirs, err := http.ParseTime(a.header.Get("Date"))
	if err != nil {
		x.warn("clock", "Do not let the proxy drop the Date header.", "no Date in the answers")
		return
	}
	if off := theirs.Sub(asked); off.Abs() > clockWithin+took {
		x.warn("clock", "Let both machines take their time from the network (chrony, systemd-timesyncd).", "it differs by %s from the one here", off.Abs().Round(time.Second))
		return
	}
	x.ok("clock", "as here")
}

// keys looks at the public keys of tokens, which other services fetch.
func (x *examination) keys(ctx context.Context) {
	a, err := x.get(ctx, keysPath)
	var set struct{ Keys []json.RawMessage }
	if err != nil || a.status != http.StatusOK || json.Unmarshal(a.body, &set) != nil || len(set.Keys) == 0 {
		x.fail("keys", "Pass "+keysPath+" on to the nodes.", "%s is answered %s %v", keysPath, a, reason(err))
		return
	}
	x.ok("keys", "the keys of tokens can be fetched")
}

func reason(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// nodes asks again and again over new connections, so that a proxy hands them to every node.
func (x *examination) nodes(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 3*patience)
	defer cancel()
	var first []byte
	var wrong string
	failed, different := 0, false
	for range samples {
		x.client.CloseIdleConnections()
		a, err := x.get(ctx, apiPath+"/users/me")
		if err != nil || a.code() != signInFirst {
			failed++
			wrong = a.String() + " " + reason(err)
			continue
		}
		if a, err = x.get(ctx, keysPath); err == nil && a.status == http.StatusOK {
			different = different || first != nil && !bytes.Equal(first, a.body)
			first = a.body
		}
	}
	switch {
	case failed > 0:
		x.fail("nodes", "One of the nodes is not well and still gets requests: see /readyz of each, and let the proxy look at it.", "%d of %d requests failed: %s", failed, samples, strings.TrimSpace(wrong))
	case different:
		x.fail("nodes", "Give all nodes the same EMOSATION_JWT_KEY: what one signs the others refuse.", "nodes have different keys")
	default:
		x.ok("nodes", "%d requests were answered alike", samples)
	}
}

// operators looks whether what is for operators can be seen by everybody.
func (x *examination) operators(ctx context.Context) {
	pages := [][2]string{
		{x.base.String() + "/metrics", "# HELP "}, {x.base.String() + "/readyz", `"database":`}, {x.base.String() + "/healthz", `"status":"ok"`},
		{x.base.String() + "/debug/pprof/", "Types of profiles available"}, {x.base.String() + "/dev/mails", "<title>Mails"},
	}
	port := x.OpsPort
	if port == "" && !x.here() {
		port = "9090"
	}
	if port != "" {
		address := net.JoinHostPort(x.base.Hostname(), port)
		if conn, err := (&net.Dialer{Timeout: patience / 3}).DialContext(ctx, "tcp", address); err == nil {
			conn.Close()
			pages = append(pages, [2]string{"http://" + address + "/readyz", `"database":`})
		}
	}
	public := make([]bool, len(pages))
	var looking sync.WaitGroup
	for i, page := range pages {
		looking.Go(func() { // all at once: some proxies let what they do not know wait
			a, err := x.ask(ctx, http.MethodGet, page[0], nil)
			public[i] = err == nil && !a.isPage() && strings.Contains(string(a.body), page[1])
		})
	}
	looking.Wait()
	var open []string
	for i, page := range pages {
		if public[i] {
			open = append(open, page[0])
		}
	}
	if len(open) > 0 {
		x.fail("operators", "Do not pass these on, and let EMOSATION_OPS_ADDR be in a private network: metrics, profiles and mails are not for the public.",
			"everybody can see %s", strings.Join(open, ", "))
		return
	}
	x.ok("operators", "metrics, profiles and health are not public")
}
