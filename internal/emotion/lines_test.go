package emotion_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/emotion"
)

func TestReadLinesAnswersEachLine(t *testing.T) {
	var out bytes.Buffer
	in := "정말 고마워요\n\nthat is terrifying\r\nno line end"
	require.NoError(t, emotion.ReadLines(t.Context(), strings.NewReader(in), &out, engine(t)))
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	require.Len(t, lines, 4)
	for _, l := range lines {
		var got map[string]json.RawMessage
		require.NoError(t, json.Unmarshal([]byte(l), &got))
		keys := make([]string, 0, len(got))
		for k := range got {
			keys = append(keys, k)
		}
		require.ElementsMatch(t, []string{"label", "confidence", "intensity", "valence", "love", "unclear", "labels", "fine", "scores", "fineScores", "evidence"}, keys)
		var scores, fine map[string]float64
		require.NoError(t, json.Unmarshal(got["scores"], &scores))
		require.NoError(t, json.Unmarshal(got["fineScores"], &fine))
		require.Len(t, scores, 7)
		require.Len(t, fine, 28)
		for _, list := range []string{"labels", "fine", "evidence"} {
			require.NotEqual(t, "null", string(got[list]))
		}
	}
	require.Contains(t, lines[0], `"label":"joy"`)
	require.Contains(t, lines[1], `"unclear":true`)
	require.Contains(t, lines[2], `"label":"fear"`)
	require.Contains(t, lines[2], `"evidence":[[8,18]]`, "the line end is not part of the text")
}

func TestReadLinesAnswersAtOnce(t *testing.T) {
	in, ask := io.Pipe()
	answer, out := io.Pipe()
	done := make(chan error, 1)
	e := engine(t)
	go func() { done <- emotion.ReadLines(context.Background(), in, out, e) }()
	replies := bufio.NewScanner(answer)
	for _, text := range []string{"고마워", "thanks"} {
		_, err := io.WriteString(ask, text+"\n")
		require.NoError(t, err)
		require.True(t, replies.Scan(), "before the next line was asked")
		require.Contains(t, replies.Text(), `"joy"`)
	}
	require.NoError(t, ask.Close())
	require.NoError(t, <-done)
}

func TestReadLinesTakesLinesOfOneMebibyte(t *testing.T) {
	e := engine(t)
	line := strings.Repeat("a", emotion.LongestLine)
	require.NoError(t, emotion.ReadLines(t.Context(), strings.NewReader(line+"\n"), io.Discard, e))
	require.ErrorIs(t, emotion.ReadLines(t.Context(), strings.NewReader("ok\n"+line+"aaaa\n"), io.Discard, e), bufio.ErrTooLong)
}

func TestReadLinesStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, emotion.ReadLines(ctx, strings.NewReader("hi\n"), io.Discard, engine(t)), context.Canceled)
}
