package openai

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

const (
	// maxDigest is how many messages a sentence can be about: the last ones.
	maxDigest = 100
	// digestText is what is sent of each.
	digestText   = 300
	digestOutput = 512
	maxClaims    = 3
	maxClaim     = 120
	// maxCited keeps a claim from standing on nearly everything.
	maxCited = 12
)

var errClaim = errors.New("a claim cites no message, or is not plain and short")

// Summarize says what somebody missed in up to three claims, each with the numbers of the messages that it stands on. There are none
// where nothing can be said; any that is not right makes all of them none. It errs as Read does.
func (e *Engine) Summarize(ctx context.Context, d Digest) ([]Claim, error) {
	if d.Language != Korean && d.Language != English {
		return nil, fmt.Errorf("remote engine: no language %q", d.Language)
	}
	lines := plain(d.Messages[max(0, len(d.Messages)-maxDigest):], digestText)
	if len(lines) == 0 {
		return nil, nil
	}
	numbers := drawNumbers(len(lines))
	data, err := json.Marshal(wireDigest{Language: d.Language, Messages: wireLines(lines, numbers)})
	if err != nil {
		return nil, fmt.Errorf("encode digest: %w", err)
	}
	granted, back, err := e.purse.Admit(ctx, d.Payer, 1)
	if granted == 0 {
		return nil, fixed(err)
	}
	bounded, cancel := context.WithTimeout(ctx, askMost)
	defer cancel()
	var claims []Claim
	err = e.ask(bounded, &request{
		name: "digest", prompt: digestPrompt, schema: digestSchema(), data: data, output: digestOutput,
		accept: func(content []byte) (_ int, err error) {
			claims, err = acceptClaims(content, lines, numbers, d.Language)
			return 0, err
		},
	})
	failure, ok := errors.AsType[*Error](err)
	switch {
	case err == nil:
		return claims, nil
	case ok && failure.Kind == Invalid:
		return nil, nil
	case !ok && ctx.Err() == nil:
		failure = &Error{Kind: Busy, After: busyFor, reason: "no time was left"}
		err = failure
	}
	if !ok || returned(failure) {
		back(ctx, 1)
	}
	return nil, err
}

// acceptClaims checks an answer about lines that were sent under these numbers.
func acceptClaims(content []byte, lines []Line, numbers []int, language Language) ([]Claim, error) {
	var answer struct {
		Claims *[]json.RawMessage `json:"claims"`
	}
	if decode(content, &answer) != nil || answer.Claims == nil || len(*answer.Claims) > maxClaims {
		return nil, errAnswer
	}
	var claims []Claim
	for _, raw := range *answer.Claims {
		var claim struct {
			Text     string `json:"text"`
			Messages []int  `json:"messages"`
		}
		if decode(raw, &claim) != nil {
			return nil, errAnswer
		}
		cited, ok := places(claim.Messages, numbers)
		if !ok || !short(claim.Text, maxClaim) || marked(claim.Text) || !bare(claim.Text) || !speaks(language, claim.Text) {
			return nil, errClaim
		}
		for i, place := range cited {
			cited[i] = lines[place].Number
		}
		claims = append(claims, Claim{Text: claim.Text, Numbers: cited})
	}
	return claims, nil
}

// places are where the cited numbers stand among all, in order, each once. They are not ok if there are none, too many, or wrong ones.
func places(cited, numbers []int) (at []int, ok bool) {
	for _, number := range cited {
		place := slices.Index(numbers, number)
		if place < 0 {
			return nil, false
		}
		at = append(at, place)
	}
	slices.Sort(at)
	at = slices.Compact(at)
	return at, len(at) > 0 && len(at) <= maxCited
}
