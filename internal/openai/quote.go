package openai

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/rivo/uniseg"

	"github.com/emosation/emosation/internal/emotion"
)

// quoted finds each quote in the message, word for word, and returns their places in order. Quotes that overlap or touch become one.
func quoted(quotes []string, text string) ([]emotion.Span, error) {
	if len(quotes) > maxQuotes {
		return nil, errRange
	}
	text = cut(text, maxText) // as it was sent
	var spans []emotion.Span
	for _, quote := range quotes {
		at := strings.Index(text, quote)
		if at < 0 || strings.TrimSpace(quote) == "" {
			return nil, errQuote
		}
		spans = append(spans, whole(text, at, at+len(quote)))
	}
	slices.SortFunc(spans, func(a, b emotion.Span) int { return a.Start - b.Start })
	var apart []emotion.Span
	for _, span := range spans {
		if last := len(apart) - 1; last >= 0 && span.Start <= apart[last].End {
			apart[last].End = max(apart[last].End, span.End)
		} else {
			apart = append(apart, span)
		}
	}
	return apart, nil
}

// whole turns a range of bytes into one of code points, and widens it so that no character that people see is cut in two.
func whole(text string, from, to int) emotion.Span {
	span := emotion.Span{Start: -1}
	rest, state, place, point := text, -1, 0, 0
	for len(rest) > 0 && place < to {
		var cluster string
		cluster, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
		place += len(cluster)
		if place > from && span.Start < 0 {
			span.Start = point
		}
		point += utf8.RuneCountInString(cluster)
	}
	span.End = point
	return span
}
