package loadtest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/coder/websocket"
)

const (
	subprotocol = "emosation.v1"
	apiPath     = "/api/v1"
	// portsPerAddress is how many connections come from one loopback address, far fewer than it has ports.
	portsPerAddress = 20_000
	maxFrame        = 4 << 20
	maxRetries      = 20
)

// refusal is a problem that a server answered a request with.
type refusal struct {
	status     int
	code       string
	retryAfter time.Duration
}

func (r *refusal) Error() string {
	hint := ""
	if r.status == http.StatusTooManyRequests {
		hint = "; a server under load needs EMOSATION_RATE_LIMITS=off"
	}
	return fmt.Sprintf("answered %d %s%s", r.status, r.code, hint)
}

// client asks servers as a foreign program does.
type client struct {
	http *http.Client
}

// newClient makes at most so many connections at once for requests. Sockets are not counted.
func newClient(connections int) *client {
	return &client{&http.Client{Transport: &http.Transport{
		MaxConnsPerHost: connections, MaxIdleConnsPerHost: connections, DisableCompression: true,
	}}}
}

func (c *client) close() { c.http.CloseIdleConnections() }

// call sends in as JSON and reads the answer into out; either may be nil. What a server answers besides 2xx is a *refusal.
func (c *client) call(ctx context.Context, method, url, token string, in, out any) error {
	var content io.Reader
	if in != nil {
		data, err := json.Marshal(in)
		if err != nil {
			return err
		}
		content = bytes.NewReader(data)
	}
	request, err := http.NewRequestWithContext(ctx, method, url, content)
	if err != nil {
		return err
	}
	if in != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := c.http.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	if answer.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %w", method, url, refusalOf(answer, body))
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(body, out)
}

func refusalOf(answer *http.Response, body []byte) *refusal {
	r := &refusal{status: answer.StatusCode}
	var problem struct {
		Code string `json:"code"`
	}
	if json.Unmarshal(body, &problem) == nil { // a proxy may answer with something else
		r.code = problem.Code
	}
	if seconds, err := strconv.Atoi(answer.Header.Get("Retry-After")); err == nil {
		r.retryAfter = time.Duration(seconds) * time.Second
	}
	return r
}

// insist is call for the preparations: while the server says that it is too busy, it asks again.
func (c *client) insist(ctx context.Context, method, url, token string, in, out any) error {
	for try := 0; ; try++ {
		err := c.call(ctx, method, url, token, in, out)
		r, ok := errors.AsType[*refusal](err)
		if !ok || r.status != http.StatusServiceUnavailable || try == maxRetries {
			return err
		}
		timer := time.NewTimer(max(r.retryAfter, 100*time.Millisecond))
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
	}
}

// seat is where and how one connection is made.
type seat struct {
	url    string // of the socket
	header http.Header
}

// dialer opens sockets. Connections to a loopback address come from several loopback addresses when there are more of
// them than one address has ports.
type dialer struct {
	clients []*http.Client
}

func newDialer(sockets int) *dialer {
	d := &dialer{}
	for i := range sockets/portsPerAddress + 1 {
		from := &net.Dialer{}
		if i > 0 {
			from.LocalAddr = &net.TCPAddr{IP: net.IPv4(127, 0, 0, byte(1+i))}
		}
		d.clients = append(d.clients, &http.Client{Transport: &http.Transport{DialContext: from.DialContext, DisableCompression: true}})
	}
	return d
}

// dial opens the number-th socket.
func (d *dialer) dial(ctx context.Context, number int, at seat) (*websocket.Conn, error) {
	conn, answer, err := websocket.Dial(ctx, at.url, &websocket.DialOptions{
		HTTPClient: d.clients[number/portsPerAddress], HTTPHeader: at.header, Subprotocols: []string{subprotocol},
	})
	if err != nil {
		if answer != nil && answer.Body != nil {
			defer answer.Body.Close()
			if body, readErr := io.ReadAll(answer.Body); readErr == nil {
				return nil, fmt.Errorf("connection %d: %w", number, refusalOf(answer, body))
			}
		}
		return nil, fmt.Errorf("connection %d: %w", number, err)
	}
	conn.SetReadLimit(maxFrame)
	if err := greet(ctx, conn); err != nil {
		conn.CloseNow()
		return nil, fmt.Errorf("connection %d: %w", number, err)
	}
	return conn, nil
}

// greet waits until the server has set the connection up: before, it hears nothing of its rooms. What a server cannot
// carry out it answers with an error, and so tells that it listens.
func greet(ctx context.Context, conn *websocket.Conn) error {
	if err := conn.Write(ctx, websocket.MessageText, []byte(`{"type":"hello"}`)); err != nil {
		return err
	}
	for {
		_, frame, err := conn.Read(ctx)
		if err != nil {
			return err
		}
		for line := range bytes.SplitSeq(frame, []byte{'\n'}) {
			e, err := parseEnvelope(line)
			if err != nil {
				return err
			}
			if e.kind == "error" {
				return nil
			}
		}
	}
}

// socketURL turns the address of a server into the address of its socket.
func socketURL(base string) string { return "ws" + strings.TrimPrefix(base, "http") + apiPath + "/ws" }
