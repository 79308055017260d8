package openai_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/openai"
	"github.com/emosation/emosation/internal/openai/openaitest"
)

const model = "small-model"

// pocket is a purse that is never empty, unless it is said what is left, and remembers what was asked of it.
type pocket struct {
	mu              sync.Mutex
	left            int     // messages for anybody's asking, if not 0
	input, output   []int64 // set aside for each call
	usage           []openai.Usage
	admitted, given map[int64]int
}

func (p *pocket) Admit(_ context.Context, person int64, n int) (int, openai.GiveBack, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.admitted == nil {
		p.admitted, p.given = map[int64]int{}, map[int64]int{}
	}
	var err error
	if p.left > 0 && n > p.left {
		n, err = p.left, &openai.Error{Kind: openai.Spent}
	}
	p.admitted[person] += n
	return n, func(_ context.Context, n int) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.given[person] += n
	}, err
}

func (p *pocket) Reserve(_ context.Context, input, output int64) (openai.Hold, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.input, p.output = append(p.input, input), append(p.output, output)
	return openai.Hold{}, nil
}

func (p *pocket) Settle(_ context.Context, _ openai.Hold, u openai.Usage) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.usage = append(p.usage, u)
}

// world is an engine with a provider inside the process, for use in a bubble.
type world struct {
	*openai.Engine
	provider *openaitest.Server
	pocket   *pocket
	registry *prometheus.Registry
}

func newWorld(t *testing.T) world {
	t.Helper()
	w := world{provider: openaitest.NewInside(t), pocket: &pocket{}, registry: prometheus.NewRegistry()}
	cfg := openai.Config{Key: "sk-secret", BaseURL: w.provider.BaseURL, Model: model, Dial: w.provider.Dial}
	engine, err := openai.New(cfg, w.pocket, openai.NewMetrics(w.registry), time.Now)
	require.NoError(t, err)
	t.Cleanup(engine.Close)
	w.Engine = engine
	return w
}

// talk is a conversation of messages of one person.
func talk(texts ...string) openai.Conversation {
	c := openai.Conversation{Payers: map[int]int64{1: 1001}}
	for i, text := range texts {
		c.Messages = append(c.Messages, openai.Line{Number: 11 + i, Speaker: 1, Text: text})
	}
	return c
}

// paidBy is what somebody says.
func paidBy(who int64) openai.Conversation {
	c := talk("hi")
	c.Payers[1] = who
	return c
}

// chat is one of messages of as many people, whose payers are 1001 and so on.
func chat(texts ...string) openai.Conversation {
	c := talk(texts...)
	for i := range c.Messages {
		c.Messages[i].Speaker = i + 1
		c.Payers[i+1] = int64(1001 + i)
	}
	return c
}

func requireFailure(t *testing.T, kind openai.Kind, err error) *openai.Error {
	t.Helper()
	var failure *openai.Error
	require.ErrorAs(t, err, &failure)
	require.NotNil(t, failure)
	require.Equal(t, kind, failure.Kind, "%v", err)
	return failure
}

func requireKind(t *testing.T, kind openai.Kind, err error) {
	t.Helper()
	_ = requireFailure(t, kind, err) // the kind is all that matters
}
