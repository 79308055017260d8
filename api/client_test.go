package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/api/openapi/openapitest"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

const testPassword = "correct horse battery"

// contractClient returns a client that holds every answer against openapi.yaml. Sockets of its people do the same with
// every envelope.
func contractClient(t testing.TB) *http.Client {
	return openapitest.Client(t, http.Client{Transport: &http.Transport{}})
}

// person is somebody who uses a running server over HTTP and sockets, as a foreign program would.
type person struct {
	url     string
	http    *http.Client
	sockets *http.Client // opens them; nil for one that trusts whom the system trusts
	id      int64
	email   string
	token   string
	refresh string
}

// newcomer registers and logs in.
func newcomer(t testing.TB, client *http.Client, url, nickname string) *person {
	t.Helper()
	p := &person{url: url, http: client, email: uuid.NewString() + "@example.org"}
	status, body := p.call(t, http.MethodPost, "/auth/register", map[string]any{
		"email": p.email, "password": testPassword, "nickname": nickname, "locale": "en", "emotionConsent": true,
	})
	require.Equal(t, http.StatusCreated, status, string(body))
	p.login(t)
	return p
}

func (p *person) login(t testing.TB) {
	t.Helper()
	status, body := p.call(t, http.MethodPost, "/auth/login", map[string]any{
		"email": p.email, "password": testPassword, "tokenDelivery": "body",
	})
	require.Equal(t, http.StatusOK, status, string(body))
	tokens := decoded[openapi.Tokens](t, body)
	p.token, p.refresh, p.id = tokens.AccessToken, *tokens.RefreshToken, tokens.User.Id
}

// answer is what a request was answered.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// ask sends a request with headers of its own as this person, or as nobody when they have no token.
func (p *person) ask(t testing.TB, method, path string, in any, header map[string]string) answer {
	t.Helper()
	var content io.Reader
	if in != nil {
		data, err := json.Marshal(in)
		require.NoError(t, err)
		content = bytes.NewReader(data)
	}
	request, err := http.NewRequestWithContext(t.Context(), method, p.url+"/api/v1"+path, content)
	require.NoError(t, err)
	if in != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if p.token != "" {
		request.Header.Set("Authorization", "Bearer "+p.token)
	}
	for name, value := range header {
		request.Header.Set(name, value)
	}
	response, err := p.http.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return answer{response.StatusCode, response.Header, body}
}

// call is ask without headers.
func (p *person) call(t testing.TB, method, path string, in any) (status int, body []byte) {
	t.Helper()
	a := p.ask(t, method, path, in, nil)
	return a.status, a.body
}

// refused is call for what has to be answered with this code of a problem.
func (p *person) refused(t testing.TB, code, method, path string, in any) {
	t.Helper()
	status, body := p.call(t, method, path, in)
	require.GreaterOrEqual(t, status, 400, "%s %s: %s", method, path, body)
	require.Equal(t, code, decoded[openapi.Problem](t, body).Code, "%s %s", method, path)
}

// must is call for what has to work.
func (p *person) must(t testing.TB, method, path string, in any) []byte {
	t.Helper()
	status, body := p.call(t, method, path, in)
	require.Less(t, status, 300, "%s %s: %s", method, path, body)
	return body
}

func decoded[T any](t testing.TB, body []byte) T {
	t.Helper()
	var out T
	require.NoError(t, json.Unmarshal(body, &out), string(body))
	return out
}

// befriend makes two people friends and returns their direct room.
func befriend(t testing.TB, a, b *person) (room int64) {
	t.Helper()
	a.must(t, http.MethodPost, "/friends", map[string]any{"userId": b.id})
	b.must(t, http.MethodPut, "/friends/"+itoa(a.id), nil)
	return decoded[openapi.Room](t, a.must(t, http.MethodPost, "/rooms/direct", map[string]any{"userId": b.id})).Id
}

func (p *person) history(t testing.TB, room int64) (all []openapi.Message) {
	t.Helper()
	for after := int64(0); ; {
		page := decoded[openapi.MessagePage](t, p.must(t, http.MethodGet, "/rooms/"+itoa(room)+"/messages?limit=200&after="+itoa(after), nil))
		all = append(all, page.Items...)
		if !page.HasMore {
			return all
		}
		after = page.Items[len(page.Items)-1].Seq
	}
}

// envelope is any ServerEnvelope.
type envelope struct {
	Type     string           `json:"type"`
	Code     string           `json:"code"`
	ClientID string           `json:"clientId"`
	Room     int64            `json:"room"`
	Seq      int64            `json:"seq"`
	User     json.RawMessage  `json:"user"`
	Online   bool             `json:"online"`
	State    string           `json:"state"`
	Reason   string           `json:"reason"`
	Change   string           `json:"change"`
	Viewers  []int64          `json:"viewers"`
	Message  *openapi.Message `json:"message"`

	raw string
}

// socket is an open connection whose envelopes are collected.
type socket struct {
	conn  *websocket.Conn
	read  sync.WaitGroup
	check func(line string) // holds envelopes against the contract, for people with a checking client

	mu     sync.Mutex
	got    []envelope
	err    error
	notify chan struct{}
}

func (p *person) dial(t testing.TB) *socket {
	t.Helper()
	s, err := p.tryDial(t)
	require.NoError(t, err)
	return s
}

func (p *person) tryDial(t testing.TB) (*socket, error) {
	t.Helper()
	conn, answer, err := websocket.Dial(t.Context(), p.url+"/api/v1/ws", &websocket.DialOptions{HTTPClient: p.sockets,
		Subprotocols: []string{"emosation.v1"}, HTTPHeader: http.Header{"Authorization": {"Bearer " + p.token}},
	})
	if answer != nil && answer.Body != nil {
		answer.Body.Close()
	}
	if err != nil {
		return nil, err
	}
	conn.SetReadLimit(16 << 20)
	s := &socket{conn: conn, notify: make(chan struct{}, 1)}
	if p.http != http.DefaultClient {
		s.check = func(line string) { openapitest.Frame(t, "ServerEnvelope", []byte(line)) }
	}
	s.read.Go(s.collect)
	t.Cleanup(func() {
		conn.CloseNow()
		s.read.Wait()
	})
	return s, nil
}

func (s *socket) collect() {
	for {
		_, frame, err := s.conn.Read(context.Background())
		s.mu.Lock()
		s.err = err
		for line := range strings.SplitSeq(string(frame), "\n") {
			var e envelope
			if json.Unmarshal([]byte(line), &e) == nil {
				e.raw = line
				s.got = append(s.got, e)
			}
			if s.check != nil && err == nil {
				s.check(line)
			}
		}
		s.mu.Unlock()
		select {
		case s.notify <- struct{}{}:
		default:
		}
		if err != nil {
			return
		}
	}
}

func (s *socket) send(t testing.TB, command map[string]any) {
	t.Helper()
	data, err := json.Marshal(command)
	require.NoError(t, err)
	require.NoError(t, s.conn.Write(t.Context(), websocket.MessageText, data))
}

// wait returns the first envelope that fits, waiting for it.
func (s *socket) wait(t testing.TB, what string, fits func(envelope) bool) envelope {
	t.Helper()
	deadline := time.After(30 * time.Second)
	for {
		s.mu.Lock()
		for _, e := range s.got {
			if fits(e) {
				s.mu.Unlock()
				return e
			}
		}
		err := s.err
		s.mu.Unlock()
		require.NoError(t, err, "the socket closed before %s came", what)
		select {
		case <-s.notify:
		case <-deadline:
			require.Fail(t, "no "+what+" came", "%v", types(s.all()))
		}
	}
}

func (s *socket) waitType(t testing.TB, kind string) envelope {
	t.Helper()
	return s.wait(t, kind, func(e envelope) bool { return e.Type == kind })
}

func (s *socket) all() []envelope {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]envelope(nil), s.got...)
}

// forget drops what came so far.
func (s *socket) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.got = nil
}

// closed waits for the end of the connection and returns its close code.
func (s *socket) closed(t testing.TB) websocket.StatusCode {
	t.Helper()
	s.read.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	return websocket.CloseStatus(s.err)
}
