package openai

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"unicode/utf8"
)

const (
	// callText bounds the texts of one call in code points; a single message may be longer.
	callText = 8000
	// callsAtOnce bounds the people of one Read that calls are made about at the same time.
	callsAtOnce = 4
	// contextText is what is sent of an author's earlier line: enough to understand what follows.
	contextText = 300
	// An answer may have readOutput tokens and readOutputEach more for each message.
	readOutput, readOutputEach = 512, 256
)

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
	granted, backs := e.admit(ctx, &c, results)
	bounded, cancel := context.WithTimeout(ctx, askMost)
	defer cancel()
	e.readAll(bounded, &c, granted, results)
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
		if c.Payers[line.Speaker] == 0 {
			return errors.New("remote engine: a speaker without a payer")
		}
	}
	return nil
}

// admit counts the messages against the days of their payers. It returns the places of those that were granted, by speaker, and for
// each place how to give the message back, and writes into results why the others were not.
func (e *Engine) admit(ctx context.Context, c *Conversation, results []Result) (granted [][]int, backs []GiveBack) {
	backs = make([]GiveBack, len(c.Messages))
	for _, theirs := range bySpeaker(c.Messages) {
		n, back, err := e.purse.Admit(ctx, c.Payers[c.Messages[theirs[0]].Speaker], len(theirs))
		for k, place := range theirs {
			if k < n {
				backs[place] = back
			} else {
				results[place].Err = fixed(err)
			}
		}
		granted = append(granted, theirs[:n])
	}
	return granted, backs
}

// bySpeaker returns the places of the lines of each speaker, the first to speak first.
func bySpeaker(lines []Line) (all [][]int) {
	index := map[int]int{}
	for place, line := range lines {
		at, known := index[line.Speaker]
		if !known {
			at = len(all)
			index[line.Speaker], all = at, append(all, nil)
		}
		all[at] = append(all[at], place)
	}
	return all
}

// readAll makes the calls, until they are done or ctx ends. Those about one person are made one after the other, beside those about
// others, so that a text that makes the model slow, or break off, does so to nobody else.
func (e *Engine) readAll(ctx context.Context, c *Conversation, granted [][]int, results []Result) {
	var calls sync.WaitGroup
	free := make(chan struct{}, callsAtOnce)
	for _, theirs := range granted {
		free <- struct{}{}
		calls.Go(func() {
			defer func() { <-free }()
			e.readTheirs(ctx, c, theirs, results)
		})
	}
	calls.Wait()
}

// readTheirs makes the calls about one person's messages. One that shows that the next would not work either is the last.
func (e *Engine) readTheirs(ctx context.Context, c *Conversation, theirs []int, results []Result) {
	var down *Error
	for _, places := range split(c.Messages, theirs) {
		failure := down
		if failure == nil {
			err := e.readSome(ctx, c, places, results)
			if err == nil {
				continue
			}
			if ctx.Err() != nil {
				return
			}
			if failure = fixed(err); returned(failure) {
				down = failure
			}
		}
		for _, place := range places {
			results[place].Err = failure
		}
	}
}

// split puts messages together into calls, in order, as far as they fit.
func split(messages []Line, theirs []int) (calls [][]int) {
	size := 0
	for _, place := range theirs {
		length := utf8.RuneCountInString(messages[place].Text)
		if len(calls) == 0 || size+length > callText {
			calls, size = append(calls, nil), 0
		}
		last := len(calls) - 1
		calls[last], size = append(calls[last], place), size+length
	}
	return calls
}

// readSome makes one call, about some messages of one person.
func (e *Engine) readSome(ctx context.Context, c *Conversation, places []int, results []Result) error {
	about := make([]Line, len(places))
	for i, place := range places {
		about[i] = c.Messages[place]
	}
	data, err := json.Marshal(wireConversation{Lines: told(c, places)})
	if err != nil {
		return fmt.Errorf("encode conversation: %w", err)
	}
	var got []Result
	err = e.ask(ctx, &request{
		name: "readings", prompt: readPrompt, schema: readSchema(), data: data, author: c.Payers[about[0].Speaker],
		output: int64(readOutput + readOutputEach*len(about)),
		accept: func(content []byte) (readings int, err error) {
			got, readings, err = e.accept(content, about)
			return readings, err
		},
	})
	if err != nil {
		return err
	}
	for i, place := range places {
		results[place] = got[i]
	}
	return nil
}

// told is what a call about one person's messages, those at some places, says: these, numbered from 1, and the lines shortly before
// them and between them, those of the same person by their texts and all others by their gist.
func told(c *Conversation, places []int) (lines []any) {
	all := slices.Concat(c.Context, c.Messages)
	number, next := 0, len(c.Context)+places[0]
	speaker, last := all[next].Speaker, len(c.Context)+places[len(places)-1]
	for i := max(0, next-MaxContext); i <= last; i++ {
		line, pause := &all[i], ""
		if i > 0 {
			pause = pauseBetween(all[i-1].At, line.At)
		}
		switch {
		case line.Speaker != speaker:
			lines = append(lines, line.gist(pause))
		case i < next:
			lines = append(lines, wireText{Pause: pause, Text: cut(line.Text, contextText)})
		default:
			number++
			lines = append(lines, wireText{Number: number, Pause: pause, Text: cut(line.Text, maxText)})
			if number < len(places) {
				next = len(c.Context) + places[number]
			}
		}
	}
	return lines
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
