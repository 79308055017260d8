package openai

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
)

const (
	// callText bounds the texts of one call in code points; a single message may be longer.
	callText = 8000
	// callsAtOnce bounds the calls of one Read.
	callsAtOnce = 4
	// contextText is what is sent of a line of context: enough to understand what follows.
	contextText = 300
	// An answer may have readOutput tokens and readOutputEach more for each message.
	readOutput, readOutputEach = 512, 256
)

// batch is the messages of one call, as places in Conversation.Messages.
type batch struct {
	places []int
	size   int // in code points
	alone  bool
}

// Read asks for readings and returns a Result for each of c.Messages, in their order. Where there is no reading at all and for one
// and the same kind of reason, it returns that Error instead; otherwise it errs only when ctx ends or c is not right.
func (e *Engine) Read(ctx context.Context, c Conversation) ([]Result, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	results := make([]Result, len(c.Messages))
	for i, line := range c.Messages {
		results[i] = Result{Number: line.Number, Err: &Error{Kind: Busy, After: busyFor, reason: "no time was left"}}
	}
	granted, backs := e.admit(ctx, c, results)
	before := plain(c.Context[max(0, len(c.Context)-MaxContext):], contextText)
	bounded, cancel := context.WithTimeout(ctx, askMost)
	defer cancel()
	e.readAll(bounded, batches(c.Messages, granted), before, c.Messages, results)
	for i := range results {
		if back := backs[i]; back != nil && (ctx.Err() != nil || returned(results[i].Err)) {
			back(ctx, 1)
		}
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	e.metrics.became(results)
	if failure := common(results); failure != nil {
		return nil, failure
	}
	return results, nil
}

// check finds mistakes of the caller.
func (c *Conversation) check() error {
	if len(c.Messages) == 0 || len(c.Messages) > MaxMessages {
		return fmt.Errorf("remote engine: %d messages instead of 1 to %d", len(c.Messages), MaxMessages)
	}
	seen := make(map[int]bool, len(c.Messages))
	for _, line := range c.Messages {
		if line.Number < 1 || seen[line.Number] {
			return errors.New("remote engine: a message needs a number of its own")
		}
		seen[line.Number] = true
		if _, ok := c.Payers[line.Speaker]; !ok {
			return errors.New("remote engine: a speaker without a payer")
		}
	}
	return nil
}

// admit counts the messages against the days of their payers. It returns the places of those that were granted, and for each place
// how to give the message back, and writes into results why the others were not.
func (e *Engine) admit(ctx context.Context, c Conversation, results []Result) (granted []int, backs []GiveBack) {
	backs = make([]GiveBack, len(c.Messages))
	places := map[int64][]int{}
	for i, line := range c.Messages {
		payer := c.Payers[line.Speaker]
		places[payer] = append(places[payer], i)
	}
	for payer, theirs := range places {
		n, back, err := e.purse.Admit(ctx, payer, len(theirs))
		for k, place := range theirs {
			if k < n {
				granted, backs[place] = append(granted, place), back
			} else {
				results[place].Err = fixed(err)
			}
		}
	}
	slices.Sort(granted)
	return granted, backs
}

// batches puts messages together into calls, in order: those of one speaker, as far as they fit. A model may obey a text that it was to
// read, and no prompt and no check of its answer could tell; so nothing that one person writes is in the call that reads another's
// message, unless as context. A text that even seems to address the machine is alone.
func batches(messages []Line, places []int) (all []*batch) {
	open := map[int]*batch{} // by speaker
	for _, place := range places {
		line := messages[place]
		if addressed(line.Text) {
			all = append(all, &batch{places: []int{place}, alone: true})
			continue
		}
		length := len([]rune(line.Text))
		b := open[line.Speaker]
		if b == nil || b.size+length > callText {
			b = &batch{}
			open[line.Speaker] = b
			all = append(all, b)
		}
		b.places, b.size = append(b.places, place), b.size+length
	}
	return all
}

// plain cuts lines to a length and leaves out those that seem to address the machine: context must not decide how somebody else is read.
func plain(lines []Line, most int) []Line {
	var left []Line
	for _, line := range lines {
		if line.Text = cut(line.Text, most); !addressed(line.Text) {
			left = append(left, line)
		}
	}
	return left
}

// readAll makes the calls, some at once, until they are done or ctx ends.
func (e *Engine) readAll(ctx context.Context, all []*batch, before, messages []Line, results []Result) {
	var down atomic.Pointer[Error] // why no further call is made
	var calls sync.WaitGroup
	free := make(chan struct{}, callsAtOnce)
	for _, b := range all {
		free <- struct{}{}
		calls.Go(func() {
			defer func() { <-free }()
			failure := down.Load()
			if failure == nil {
				err := e.readBatch(ctx, b, before, messages, results)
				if err == nil || ctx.Err() != nil {
					return
				}
				failure = fixed(err)
				if returned(failure) {
					down.Store(failure)
				}
			}
			for _, place := range b.places {
				results[place].Err = failure
			}
		})
	}
	calls.Wait()
}

// readBatch makes one call, with the context that all the batches have.
func (e *Engine) readBatch(ctx context.Context, b *batch, before, messages []Line, results []Result) error {
	lines := make([]Line, len(b.places))
	for i, place := range b.places {
		lines[i] = messages[place]
	}
	if b.alone {
		before = nil // nor is there anything to let slip
	}
	numbers := drawNumbers(len(lines))
	data, err := json.Marshal(wireConversation{Context: wireLines(before, nil), Messages: wireLines(lines, numbers)})
	if err != nil {
		return fmt.Errorf("encode conversation: %w", err)
	}
	var got []Result
	err = e.ask(ctx, &request{
		name: "readings", prompt: readPrompt, schema: readSchema(), data: data, alone: b.alone,
		output: int64(readOutput + readOutputEach*len(lines)),
		accept: func(content []byte) (readings int, err error) {
			got, readings, err = e.accept(content, lines, numbers, b.alone)
			return readings, err
		},
	})
	if err != nil {
		return err
	}
	for i, place := range b.places {
		results[place] = got[i]
	}
	return nil
}

// returned tells that a message was not read and may be counted back to its payer.
func returned(failure *Error) bool {
	return failure != nil && failure.Kind != Invalid && failure.Kind != Refused
}

// common is the failure of all results, if they failed alike.
func common(results []Result) *Error {
	first := results[0].Err
	for i := range results {
		if first == nil || results[i].Err == nil || results[i].Err.Kind != first.Kind {
			return nil
		}
	}
	return first
}
