// Package openaitest is a provider for tests: it speaks chat completions over HTTP, follows a script, and remembers what it was asked.
package openaitest

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
)

// Server is one provider. Its zero script is Good.
type Server struct {
	// BaseURL is what the engine is configured with.
	BaseURL string
	// Dial leads to a server made by NewInside; it is nil for one on TCP.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)

	complain func(format string, args ...any)
	remember bool
	http     *httptest.Server
	closing  chan struct{}
	schemas  schemas
	mu       sync.Mutex
	script   []Step
	requests []Request
}

// Line is a message or a line of context as the provider sees it: with a text, or as what else is said of it.
type Line struct {
	Number  int    `json:"number"`
	Pause   string `json:"pause"`
	Text    string `json:"text"`
	Speaker int    `json:"speaker"`
	Feeling string `json:"feeling"`
	Asks    bool   `json:"asks"`
	Length  string `json:"length"`
}

// Request is what the provider was asked.
type Request struct {
	Header http.Header
	// Body is all that came over the wire.
	Body []byte
	// Store is the flag of the same name.
	Store bool
	// Model, Schema (its name) and MaxTokens are as the engine set them.
	Model, Schema string
	MaxTokens     int
	// Prompt is the system message, and Data the user message.
	Prompt, Data string
	// Lines, Language and Claims are what Data says; Messages are the lines with a number, and Context those without.
	Lines, Context, Messages []Line
	Language                 string
	Claims                   int

	r       *http.Request
	closing <-chan struct{}
	schemas *schemas
}

// New starts a provider on TCP that ends with the test.
func New(t testing.TB) *Server {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return start(t, listener)
}

// NewInside starts a provider inside the process, without sockets, so that it works in a bubble of testing/synctest: there it is as
// slow as its script says and the test does not wait.
func NewInside(t testing.TB) *Server {
	t.Helper()
	l := &pipes{conns: make(chan net.Conn), closed: make(chan struct{})}
	s := start(t, l)
	s.Dial = l.dial
	return s
}

func start(t testing.TB, listener net.Listener) *Server {
	s := &Server{complain: t.Errorf, remember: true}
	s.serve(listener)
	t.Cleanup(s.Close)
	return s
}

// Open starts a provider for a program that is no test, for as long as it likes: it remembers no requests. What no provider would
// accept is complained of. Close ends it.
func Open(listener net.Listener, complain func(format string, args ...any)) *Server {
	s := &Server{complain: complain}
	s.serve(listener)
	return s
}

func (s *Server) serve(listener net.Listener) {
	s.closing = make(chan struct{})
	s.http = &httptest.Server{Listener: listener, Config: &http.Server{Handler: s}}
	s.http.Start()
	s.BaseURL = s.http.URL + "/v1"
}

// Close lets those go who still wait for an answer.
func (s *Server) Close() {
	close(s.closing)
	s.http.Close()
}

// Script answers the next requests with the steps in turn; the last one answers all that follow.
func (s *Server) Script(steps ...Step) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.script = steps
}

// Requests are those so far, in order.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// ServeHTTP follows the script. A request that is no good one of chat completions is complained of: it fails a test.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the client went away
	}
	request, err := s.parse(r, body)
	if err != nil {
		s.complain("provider: %v\n%s", err, body)
		Status(http.StatusBadRequest)(w, &request)
		return
	}
	s.mu.Lock()
	if s.remember {
		s.requests = append(s.requests, request)
	}
	step := Good()
	if len(s.script) > 0 {
		step = s.script[0]
		if len(s.script) > 1 {
			s.script = s.script[1:]
		}
	}
	s.mu.Unlock()
	step(w, &request)
}

// gone waits until the client has left, or the test has.
func (r *Request) gone() {
	select {
	case <-r.r.Context().Done():
	case <-r.closing:
	}
}

// parse checks a request by the schema of the protocol and takes it apart.
func (s *Server) parse(r *http.Request, body []byte) (Request, error) {
	request := Request{Header: r.Header.Clone(), Body: body, r: r, closing: s.closing, schemas: &s.schemas}
	if err := s.schemas.check(r, body); err != nil {
		return request, err
	}
	var wire struct {
		Model     string
		Store     bool
		MaxTokens int `json:"max_completion_tokens"`
		Messages  []struct{ Content string }
		Format    struct {
			Schema struct{ Name string } `json:"json_schema"`
		} `json:"response_format"`
	}
	if err := json.Unmarshal(body, &wire); err != nil {
		return request, err
	}
	request.Model, request.Store, request.MaxTokens, request.Schema = wire.Model, wire.Store, wire.MaxTokens, wire.Format.Schema.Name
	request.Prompt, request.Data = wire.Messages[0].Content, wire.Messages[1].Content
	var data struct {
		Language string
		Claims   int
		Lines    []Line
	}
	decoder := json.NewDecoder(strings.NewReader(request.Data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&data); err != nil {
		return request, err
	}
	request.Language, request.Claims, request.Lines = data.Language, data.Claims, data.Lines
	for _, line := range data.Lines {
		if line.Number == 0 {
			request.Context = append(request.Context, line)
		} else {
			request.Messages = append(request.Messages, line)
		}
	}
	return request, nil
}

// pipes is a listener whose connections are pipes.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case p.conns <- theirs:
		return ours, nil
	case <-p.closed:
		return nil, &net.OpError{Op: "dial", Err: net.ErrClosed}
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Accept waits for the next dial.
func (p *pipes) Accept() (net.Conn, error) {
	select {
	case conn := <-p.conns:
		return conn, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

// Close lets no further connection in.
func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

// Addr is one that no proxy is asked for.
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1} }
