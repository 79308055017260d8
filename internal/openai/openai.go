// Package openai has messages read by a language model behind any server that speaks OpenAI's chat completions.
//
// A model may obey what it reads, and neither a prompt nor a look at the text can prevent that. So what a text can do is bounded by
// what its author could do anyway, namely say how they meant their own messages:
//
//   - a call is about the messages of one person, and holds texts of that person alone. What others said goes along as a gist, in
//     words from short lists;
//   - a digest has a call for each person, and a claim can cite that person's messages alone;
//   - an answer is taken for what it is about only if every value is of the schema, and its sentences are not those of the message;
//   - what a call may cost is decided before it, by its length;
//   - that a call fails stops calls about the same person alone, unless calls about others fail as well.
package openai

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"time"
	"unicode/utf8"

	"github.com/emosation/emosation/internal/emotion"
)

// How much one call of Read may bring, and how many lines are told of before the first message of each request.
const (
	MaxMessages = 20
	MaxContext  = 6
)

// Config is what an operator decides about the remote engine.
type Config struct {
	// Key is sent as a bearer token. Many servers of one's own need none.
	Key string
	// BaseURL is what stands before /chat/completions, such as https://api.openai.com/v1.
	BaseURL string
	// Model is also the Version of its readings. It should answer without thinking first: a call gets Timeout, no more.
	Model string
	// Timeout bounds one call, DefaultTimeout if zero.
	Timeout time.Duration
	// InputPrice and OutputPrice are money for a million tokens, in any one currency.
	InputPrice, OutputPrice float64
	// Limits bound what is spent.
	Limits Limits
	// Dial makes connections, as any program does if nil. Tests have networks of their own.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

// Limits are for a day in the calendar of Zone, on all nodes together. One that is zero does not bound anything.
type Limits struct {
	Zone *time.Location
	// Money is in the currency of the prices.
	Money float64
	// Tokens counts those of requests and answers together.
	Tokens int64
	// Messages is how many of each person are read remotely.
	Messages int64
}

// DefaultTimeout is how long one call may take.
const DefaultTimeout = 8 * time.Second

// maxModel is what the ledger of readings keeps of a version.
const maxModel = 60

// Host is where texts go: the name that members of a room are told.
func (c Config) Host() string {
	base, err := url.Parse(c.BaseURL)
	if err != nil {
		return ""
	}
	return base.Host
}

// Check says what is wrong with the settings.
func (c Config) Check() error {
	base, err := url.Parse(c.BaseURL)
	switch {
	case err != nil, base.Scheme != "https" && base.Scheme != "http", base.Host == "":
		return errors.New("the base URL must be an http or https address")
	case base.User != nil, base.RawQuery != "", base.Fragment != "":
		return errors.New("the base URL must have no user, query or fragment")
	case c.Model == "", utf8.RuneCountInString(c.Model) > maxModel:
		return fmt.Errorf("the model must have a name of at most %d characters", maxModel)
	case c.Timeout < 0:
		return errors.New("the time-out must not be negative")
	case !amount(c.InputPrice), !amount(c.OutputPrice), !amount(c.Limits.Money):
		return fmt.Errorf("prices and the budget must be from 0 to %d", maxMoney)
	case c.Limits.Tokens < 0, c.Limits.Messages < 0, max(c.Limits.Tokens, c.Limits.Messages) > maxCount:
		return fmt.Errorf("limits must be from 0 to %d", int64(maxCount))
	}
	return nil
}

// These keep sums, of billionths where it is money, exact in what Redis' scripts count with.
const (
	maxMoney = 1_000_000
	maxCount = 1_000_000_000_000
)

func amount(x float64) bool { return x >= 0 && x <= maxMoney } // false for NaN too

// Line is one message as the engine sees it: without names and ids. Its Text is in requests about its own speaker alone. In those
// about others are the speaker, Feeling, the time since the line before it, whether it asks, and of what length it is, all of them in
// words of the engine's own.
type Line struct {
	// Number is the caller's own for this request, from 1 on; of use in Messages alone.
	Number int
	// Speaker tells the people of this request apart, and says nothing about them beyond it.
	Speaker int
	Text    string
	// Feeling is what it has been read as, empty where that is unclear or not for others to know. At is when it was said, zero where
	// nobody needs to know. Digests need neither.
	Feeling emotion.Label
	At      time.Time
}

// Conversation asks for readings of Messages, in the light of the Context before them, the oldest line first.
type Conversation struct {
	Context, Messages []Line
	// Payers says against whose daily limit the messages of a speaker count, never 0. It never leaves the server.
	Payers map[int]int64
}

// Result is what became of the message Number.
type Result struct {
	Number int
	// Reading is valid only where Err is nil. Its Said may be empty: then emotion.Sentence makes one.
	Reading emotion.Reading
	// Err is why there is no reading.
	Err *Error
}

// Kind is what an Error means for the one who asked.
type Kind string

// Kinds of errors.
const (
	// Busy: it may work after Error.After. The provider is overloaded, down, slow or out of reach, or too many
	// calls failed lately and it is left alone for a while.
	Busy Kind = "busy"
	// Permanent: asking again does not help before an operator has changed something.
	Permanent Kind = "permanent"
	// Refused: the provider does not want to read this.
	Refused Kind = "refused"
	// Invalid: what came back is not what was asked for.
	Invalid Kind = "invalid"
	// Spent: the budget of the day, or the author's part of it, is used up. After leads to the next day.
	Spent Kind = "spent"
)

// Error is why there is no reading. It holds nothing of what people wrote.
type Error struct {
	Kind Kind
	// After is how long to wait before asking again, zero where that is of no use.
	After time.Duration
	// Status is that of HTTP, zero where there was no answer.
	Status int
	reason string
	// lasting: another attempt at once cannot help.
	lasting bool
	// said: the model answered, and what it said is of no use.
	said bool
}

// Error names the kind and the reason.
func (e *Error) Error() string {
	if e.Status == 0 {
		return fmt.Sprintf("remote engine: %s: %s", e.Kind, e.reason)
	}
	return fmt.Sprintf("remote engine: %s: %s (status %d)", e.Kind, e.reason, e.Status)
}

// Is compares kinds: errors.Is(err, &Error{Kind: Spent}).
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Kind == e.Kind
}

// Breaker is whether the provider is asked.
type Breaker string

// States of the breaker: asked, left alone for a while, tried again.
const (
	Closed   Breaker = "closed"
	Open     Breaker = "open"
	HalfOpen Breaker = "half_open"
)

// Language is one that a reader has.
type Language string

// Languages of the engine.
const (
	Korean  Language = "ko"
	English Language = "en"
)

// Digest asks for a sentence about Messages, the oldest first, to somebody who has missed them.
type Digest struct {
	Messages []Line
	Language Language
	// Payer is whose daily limit it counts against, as one message for each person that it is about. It never leaves the server.
	Payer int64
}

// Claim is a part of the sentence and the Numbers of the messages that it speaks of, all of one person, in order, at least one.
type Claim struct {
	Text    string
	Numbers []int
}

// Today is what all nodes did since midnight.
type Today struct {
	Readings, Calls, Failures, Fallbacks int64
	InputTokens, OutputTokens            int64
	Cost                                 float64
	// Left is the part of the budget that nothing has been spent or set aside of.
	Left float64
}

// Latency is how long a call of this node took lately, an answer or not; zero before the first.
type Latency struct{ P50, P95 time.Duration }
