package https

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// maxAnswer is more than a CA has to say at once.
const maxAnswer = 1 << 20

// line is how the CA is asked. It remembers why the CA refuses, which the manager keeps to itself, and is cut when the server
// stops, for the manager would go on for minutes.
type line struct {
	next http.RoundTripper
	cut  chan struct{} // closed when nobody waits for the CA any more

	mu      sync.Mutex
	refused map[refused]string
}

// refused is what a refusal is about. What has no host is about all of them.
type refused struct{ host, challenge string }

func newLine() *line {
	return &line{next: http.DefaultTransport, cut: make(chan struct{}), refused: make(map[refused]string)}
}

// RoundTrip implements http.RoundTripper.
func (l *line) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel() // the answer has been read by then
	go func() {
		select {
		case <-l.cut:
			cancel()
		case <-ctx.Done():
		}
	}()
	answer, err := l.next.RoundTrip(r.WithContext(ctx))
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if err != nil {
		return nil, err
	}
	l.note(body)
	answer.Body = io.NopCloser(bytes.NewReader(body))
	return answer, nil
}

// note remembers what an answer says against us: it is a problem itself, or an authorization with a challenge that has failed.
func (l *line) note(body []byte) {
	type problem struct{ Type, Detail string }
	var answer struct {
		problem
		Identifier struct{ Value string }
		Challenges []struct {
			Type  string
			Error *problem
		}
	}
	if json.Unmarshal(body, &answer) != nil {
		return // a certificate
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	const kind = "urn:ietf:params:acme:error:"
	if what, ok := strings.CutPrefix(answer.Type, kind); ok && what != "badNonce" { // which is only asked again
		l.refused[refused{}] = what + ": " + answer.Detail
	}
	for _, c := range answer.Challenges {
		if c.Error != nil {
			l.refused[refused{answer.Identifier.Value, c.Type}] = c.Type + ": " + strings.TrimPrefix(c.Error.Type, kind) + ": " + c.Error.Detail
		}
	}
}

// refusals are why the CA has not issued a certificate for a host, as far as it has said so.
func (l *line) refusals(host string) (all []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for about, words := range l.refused {
		if about.host == "" || about.host == host {
			all = append(all, words)
		}
	}
	slices.Sort(all)
	return all
}

// forget drops what the CA has said before it issued a certificate.
func (l *line) forget(host string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for about := range l.refused {
		if about.host == "" || about.host == host {
			delete(l.refused, about)
		}
	}
}
