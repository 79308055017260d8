package openai

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

const (
	// callText bounds the texts of one call in code points; a single message may be longer.
	callText = 8000
	// contextText is what is sent of a line of context: enough to understand what follows.
	contextText = 300
	// An answer may have readOutput tokens and readOutputEach more for each message.
	readOutput, readOutputEach = 512, 256
)

// batch is the messages of one call, as places in Conversation.Messages.
type batch struct {
	places []int
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
		results[i] = Result{Number: line.Number, Err: &Error{Kind: Invalid, reason: "not asked"}}
	}
	granted, backs := e.admit(ctx, c, results)
	before := plain(c.Context[max(0, len(c.Context)-MaxContext):])
	err := e.readAll(ctx, batches(c.Messages, granted), before, c.Messages, results)
	for i := range results {
		if back := backs[i]; back != nil && (err != nil || returned(results[i].Err)) {
			back(ctx, 1)
		}
	}
	if err != nil {
		return nil, err
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

// batches puts messages together into calls, in order. A text that seems to address the machine gets a call of its own: whatever the
// model lets it do, there is no other message in that call that it could be done to.
func batches(messages []Line, places []int) (all []batch) {
	var together batch
	size := 0
	for _, place := range places {
		text := messages[place].Text
		if addressed(text) {
			all = append(all, batch{[]int{place}, true})
			continue
		}
		length := len([]rune(text))
		if len(together.places) > 0 && size+length > callText {
			all, together, size = append(all, together), batch{}, 0
		}
		together.places, size = append(together.places, place), size+length
	}
	if len(together.places) > 0 {
		all = append(all, together)
	}
	// What steers comes last: the rest shall not wait for it.
	slices.SortStableFunc(all, func(a, b batch) int {
		switch {
		case a.alone == b.alone:
			return 0
		case b.alone:
			return -1
		}
		return 1
	})
	return all
}

// plain leaves out the lines that seem to address the machine: context must not decide how somebody else is read.
func plain(lines []Line) []Line {
	return slices.DeleteFunc(slices.Clone(lines), func(line Line) bool { return addressed(line.Text) })
}

// readAll makes the calls one after the other. It errs only when ctx ends.
func (e *Engine) readAll(ctx context.Context, all []batch, before, messages []Line, results []Result) error {
	var down *Error // why no further call is made
	for _, b := range all {
		failure := down
		if failure == nil {
			err := e.readBatch(ctx, b, before, messages, results)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if failure, _ = errors.AsType[*Error](err); failure != nil && returned(failure) {
				down = failure
			}
		}
		if failure == nil {
			continue
		}
		for _, place := range b.places {
			results[place].Err = failure
		}
	}
	return nil
}

// readBatch makes one call, with the context that all the batches have.
func (e *Engine) readBatch(ctx context.Context, b batch, before, messages []Line, results []Result) error {
	lines := make([]Line, len(b.places))
	for i, place := range b.places {
		lines[i] = messages[place]
	}
	if b.alone {
		before = nil // nor is there anything to let slip
	}
	data, err := json.Marshal(wireConversation{Context: wireLines(before, false, contextText), Messages: wireLines(lines, true, maxText)})
	if err != nil {
		return fmt.Errorf("encode conversation: %w", err)
	}
	var got []Result
	err = e.ask(ctx, &request{
		name: "readings", prompt: readPrompt, schema: readSchema(), data: data, alone: b.alone,
		output: int64(readOutput + readOutputEach*len(lines)),
		accept: func(content []byte) (readings int, err error) {
			got, readings, err = e.accept(content, lines, b.alone)
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
