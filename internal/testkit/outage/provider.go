package outage

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/emosation/emosation/internal/openai/openaitest"
)

// manner is how the provider behaves for a while.
type manner struct {
	name string
	step openaitest.Step
	shut bool // nobody listens; the step is for connections that are open still
}

// well is how it behaves before and after.
var well = manner{name: "well", step: openaitest.Good()}

// Troubles are the names of all the ways in which the provider can fail.
func Troubles() (names []string) {
	for _, m := range troubles() {
		names = append(names, m.name)
	}
	return names
}

func troubles() []manner {
	return []manner{
		{name: "refuses connections", step: openaitest.Reset(false), shut: true},
		{name: "never answers", step: openaitest.Silent()},
		{name: "answers after 5 s", step: openaitest.Slow(5 * time.Second)},
		{name: "slow bytes", step: openaitest.SlowBytes(60, time.Second)},
		{name: "500", step: openaitest.Status(http.StatusInternalServerError)},
		{name: "429, Retry-After 2", step: openaitest.TooMany("2")},
		{name: "no JSON", step: openaitest.NotJSON()},
		{name: "lies", step: lies()},
		{name: "cut off", step: openaitest.Truncated()},
		{name: "answers without end", step: openaitest.Huge()},
		{name: "resets", step: openaitest.Reset(true)},
	}
}

// lie is what readers may never see.
const lie = "This may be a lie."

// lies answers every second question well, so that it is asked on and on, and tells a lie of another kind each time otherwise.
func lies() openaitest.Step {
	kinds := []func(r *openaitest.Reading){
		func(r *openaitest.Reading) { r.Label = "suspicious" },
		func(r *openaitest.Reading) { r.Evidence = []string{"nobody has said this"} },
		func(r *openaitest.Reading) { r.Number = -r.Number },
		func(r *openaitest.Reading) { r.Confidence = 7 },
		func(r *openaitest.Reading) { unknown := "schadenfreude"; r.Fine = &unknown },
	}
	good, another := openaitest.Good(), openaitest.WrongSchema()
	var asked atomic.Int64
	return func(w http.ResponseWriter, r *openaitest.Request) {
		n := int(asked.Add(1))
		if n%2 == 0 {
			good(w, r)
			return
		}
		kind := n / 2 % (len(kinds) + 1)
		if kind == len(kinds) {
			another(w, r)
			return
		}
		openaitest.Content(openaitest.Readings(r.Messages, func(line openaitest.Line) openaitest.Reading {
			reading := openaitest.Read(line)
			reading.English, reading.Korean = lie, "거짓말인 듯해요."
			kinds[kind](&reading)
			return reading
		}))(w, r)
	}
}

// Provider is a server of language models that behaves as it is told to.
type Provider struct {
	// BaseURL is what the program is configured with.
	BaseURL string

	door   *door
	server *openaitest.Server

	mu     sync.Mutex
	manner manner

	asked, now, most atomic.Int64
	complaint        atomic.Pointer[string] // the first thing that it should not have been asked
}

// NewProvider starts one that is well. Close ends it.
func NewProvider(ctx context.Context) (*Provider, error) {
	d, err := newDoor(ctx)
	if err != nil {
		return nil, err
	}
	p := &Provider{door: d, manner: well}
	p.server = openaitest.Open(d, func(format string, args ...any) {
		text := fmt.Sprintf(format, args...)
		p.complaint.CompareAndSwap(nil, &text)
	})
	p.server.Script(p.answer)
	p.BaseURL = p.server.BaseURL
	return p, nil
}

// Close lets everybody go who still waits for an answer.
func (p *Provider) Close() { p.server.Close() }

// behave changes its manner. What it is doing already, it goes on with.
func (p *Provider) behave(ctx context.Context, m manner) error {
	p.mu.Lock()
	p.manner = m
	p.mu.Unlock()
	if m.shut {
		p.door.shut()
		return nil
	}
	return p.door.open(ctx)
}

func (p *Provider) answer(w http.ResponseWriter, r *openaitest.Request) {
	p.asked.Add(1)
	now := p.now.Add(1)
	defer p.now.Add(-1)
	for before := p.most.Load(); now > before && !p.most.CompareAndSwap(before, now); before = p.most.Load() {
	}
	p.mu.Lock()
	step := p.manner.step
	p.mu.Unlock()
	step(w, r)
}

// door is a listener at one address that can be shut, so that connections are refused, and opened again.
type door struct {
	address string
	comes   chan net.Conn
	closed  chan struct{}
	close   sync.Once
	waiting sync.WaitGroup

	mu    sync.Mutex
	inner net.Listener // nil while it is shut
}

// newDoor takes a port below those that systems give away for connections: while it is shut, nobody else should get it.
func newDoor(ctx context.Context) (*door, error) {
	d := &door{comes: make(chan net.Conn), closed: make(chan struct{})}
	var err error
	for range 20 {
		d.address = fmt.Sprintf("127.0.0.1:%d", 20_000+rand.N(12_000))
		if err = d.open(ctx); err == nil {
			return d, nil
		}
	}
	return nil, err
}

func (d *door) open(ctx context.Context) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.inner != nil {
		return nil
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", d.address)
	if err != nil {
		return err
	}
	d.inner = listener
	d.waiting.Go(func() { d.let(listener) })
	return nil
}

// let lets in who comes until the listener ends.
func (d *door) let(listener net.Listener) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		select {
		case d.comes <- conn:
		case <-d.closed:
			conn.Close()
		}
	}
}

func (d *door) shut() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.inner != nil {
		d.inner.Close()
		d.inner = nil
	}
}

// Accept waits for somebody who was let in.
func (d *door) Accept() (net.Conn, error) {
	select {
	case conn := <-d.comes:
		return conn, nil
	case <-d.closed:
		return nil, net.ErrClosed
	}
}

// Close lets nobody in any more.
func (d *door) Close() error {
	d.shut()
	d.close.Do(func() { close(d.closed) })
	d.waiting.Wait()
	return nil
}

// Addr is the same while it is shut.
func (d *door) Addr() net.Addr {
	addr, err := net.ResolveTCPAddr("tcp", d.address)
	if err != nil {
		panic(errors.Join(errors.New("it was made of numbers"), err))
	}
	return addr
}
