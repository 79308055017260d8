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
	lines := plain(d.Messages[max(0, len(d.Messages)-maxDigest):])
	if len(lines) == 0 {
		return nil, nil
	}
	data, err := json.Marshal(wireDigest{Language: d.Language, Messages: wireLines(lines, true, digestText)})
	if err != nil {
		return nil, fmt.Errorf("encode digest: %w", err)
	}
	granted, back, err := e.purse.Admit(ctx, d.Payer, 1)
	if granted == 0 {
		return nil, fixed(err)
	}
	var claims []Claim
	err = e.ask(ctx, &request{
		name: "digest", prompt: digestPrompt, schema: digestSchema(), data: data, output: digestOutput,
		accept: func(content []byte) (_ int, err error) {
			claims, err = acceptClaims(content, lines, d.Language)
			return 0, err
		},
	})
	failure, ok := errors.AsType[*Error](err)
	switch {
	case err == nil:
		return claims, nil
	case ok && failure.Kind == Invalid:
		return nil, nil
	case !ok || returned(failure):
		back(ctx, 1)
	}
	return nil, err
}

// acceptClaims checks an answer about lines, which were numbered by their places from 1 on.
func acceptClaims(content []byte, lines []Line, language Language) ([]Claim, error) {
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
		slices.Sort(claim.Messages)
		cited := slices.Compact(claim.Messages)
		if !short(claim.Text, maxClaim) || marked(claim.Text) || !bare(claim.Text) || !speaks(language, claim.Text) ||
			len(cited) == 0 || len(cited) > maxCited {
			return nil, errClaim
		}
		numbers := make([]int, len(cited))
		for i, place := range cited {
			if place < 1 || place > len(lines) {
				return nil, errClaim
			}
			numbers[i] = lines[place-1].Number
		}
		claims = append(claims, Claim{Text: claim.Text, Numbers: numbers})
	}
	return claims, nil
}
