package openai

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
)

const (
	// maxDigest is how many messages a sentence can be about: the last ones.
	maxDigest = 100
	// maxAuthors is how many people it can be about: those of them who said most.
	maxAuthors = 3
	// digestText is what is sent of each message.
	digestText   = 300
	digestOutput = 512
	maxClaims    = 3
	maxClaim     = 120
	// maxCited keeps a claim from standing on nearly everything.
	maxCited = 12
)

var errClaim = errors.New("a claim cites no message, or is not plain and short")

// claimed is a claim and the place of the first message that it cites.
type claimed struct {
	Claim
	first int
}

// Summarize says what somebody missed in up to three claims, in the order of the messages that they stand on and with the numbers of
// these. Each is made of one person's messages alone, in a call of its own, so nobody can have anything told of somebody else. There
// are none where nothing can be said; one that is not right makes all about this person none. It errs as Read does, where every call
// fails.
func (e *Engine) Summarize(ctx context.Context, d Digest) ([]Claim, error) {
	if d.Language != Korean && d.Language != English {
		return nil, fmt.Errorf("remote engine: no language %q", d.Language)
	}
	d.Messages = d.Messages[max(0, len(d.Messages)-maxDigest):]
	if len(d.Messages) == 0 {
		return nil, nil
	}
	authors := talkative(bySpeaker(d.Messages))
	granted, back, err := e.purse.Admit(ctx, d.Payer, len(authors))
	if granted == 0 {
		return nil, fixed(err)
	}
	authors = authors[:granted]
	bounded, cancel := context.WithTimeout(ctx, askMost)
	defer cancel()
	made, failures := make([][]claimed, granted), make([]*Error, granted)
	var calls sync.WaitGroup
	for i, theirs := range authors {
		calls.Go(func() { made[i], failures[i] = e.claim(bounded, &d, theirs, maxClaims/granted) })
	}
	calls.Wait()
	failed := 0
	for _, failure := range failures {
		if failure == nil {
			continue
		}
		if failed++; ctx.Err() != nil || returned(failure) {
			back(ctx, 1)
		}
	}
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case failed == granted:
		return nil, failures[0]
	}
	return inOrder(made), nil
}

// talkative keeps those who said most, the first of them first.
func talkative(authors [][]int) [][]int {
	slices.SortStableFunc(authors, func(a, b []int) int { return len(b) - len(a) })
	return authors[:min(len(authors), maxAuthors)]
}

func inOrder(made [][]claimed) (claims []Claim) {
	all := slices.Concat(made...)
	slices.SortStableFunc(all, func(a, b claimed) int { return a.first - b.first })
	for _, c := range all {
		claims = append(claims, c.Claim)
	}
	return claims
}

// claim makes the call about what one person said, at some places. An answer that is not right is no failure, but no claim either.
func (e *Engine) claim(ctx context.Context, d *Digest, theirs []int, most int) (claims []claimed, failure *Error) {
	lines := make([]wireText, len(theirs))
	for i, place := range theirs {
		lines[i] = wireText{Number: i + 1, Text: cut(d.Messages[place].Text, digestText)}
	}
	data, err := json.Marshal(wireDigest{Language: d.Language, Claims: most, Lines: lines})
	if err == nil {
		err = e.ask(ctx, &request{
			name: "digest", prompt: digestPrompt, schema: digestSchema(), data: data, output: digestOutput,
			accept: func(content []byte) (_ int, err error) {
				claims, err = acceptClaims(content, d, theirs, most)
				return 0, err
			},
		})
	}
	failure, ok := errors.AsType[*Error](err)
	switch {
	case err == nil, ok && failure.Kind == Invalid:
		return claims, nil
	case !ok:
		failure = &Error{Kind: Busy, After: busyFor, reason: "no time was left"}
	}
	return nil, failure
}

// acceptClaims checks an answer about the messages at some places, which were numbered from 1. It can cite no others.
func acceptClaims(content []byte, d *Digest, theirs []int, most int) ([]claimed, error) {
	var answer struct {
		Claims *[]json.RawMessage `json:"claims"`
	}
	if decode(content, &answer) != nil || answer.Claims == nil || len(*answer.Claims) > most {
		return nil, errAnswer
	}
	var claims []claimed
	for _, raw := range *answer.Claims {
		var claim struct {
			Text     string `json:"text"`
			Messages []int  `json:"messages"`
		}
		if decode(raw, &claim) != nil {
			return nil, errAnswer
		}
		cited, ok := among(claim.Messages, theirs)
		if !ok || !short(claim.Text, maxClaim) || marked(claim.Text) || !bare(claim.Text) || !speaks(d.Language, claim.Text) {
			return nil, errClaim
		}
		made := claimed{first: cited[0], Claim: Claim{Text: claim.Text}}
		for _, place := range cited {
			made.Numbers = append(made.Numbers, d.Messages[place].Number)
		}
		claims = append(claims, made)
	}
	return claims, nil
}

// among returns the places of the cited messages, in order, each once. They are not ok if there are none, too many, or wrong ones.
func among(cited, theirs []int) (places []int, ok bool) {
	for _, number := range cited {
		if number < 1 || number > len(theirs) {
			return nil, false
		}
		places = append(places, theirs[number-1])
	}
	slices.Sort(places)
	places = slices.Compact(places)
	return places, len(places) > 0 && len(places) <= maxCited
}
