package message_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/message"
	"github.com/emosation/emosation/internal/testkit"
)

// measured are the values of the service's metrics that are not 0: counters by their labels, of histograms how often they were observed.
func (w *world) measured(t *testing.T) map[string]int {
	t.Helper()
	registry := prometheus.NewRegistry()
	for _, c := range w.messages.Metrics() {
		require.NoError(t, registry.Register(c))
	}
	families, err := registry.Gather()
	require.NoError(t, err)
	values := make(map[string]int)
	for _, family := range families {
		for _, m := range family.GetMetric() {
			name := strings.TrimPrefix(family.GetName(), "emosation_")
			for _, l := range m.GetLabel() {
				name += " " + l.GetValue()
			}
			values[name] = int(m.GetCounter().GetValue()+m.GetGauge().GetValue()) + int(m.GetHistogram().GetSampleCount())
		}
	}
	maps.DeleteFunc(values, func(_ string, n int) bool { return n == 0 })
	return values
}

func TestMetricsTellWhatBecomesOfMessages(t *testing.T) {
	w := newWorld(t, testkit.SQLite(t))
	var err error
	w.engine.real, err = emotion.NewEmbedded()
	require.NoError(t, err)
	a, b, id := w.pair(t)
	require.Empty(t, w.measured(t))

	once := message.Draft{ClientID: uuid.NewString(), Body: "I love this, thank you so much!"}
	for range 2 {
		_, err := w.messages.Send(t.Context(), a, id, once)
		require.NoError(t, err)
	}
	sent := w.send(t, b, id, "ok")
	_, err = w.messages.Send(t.Context(), w.person(t, "off"), id, draft("let me in"))
	require.Error(t, err)
	_, err = w.messages.Send(t.Context(), a, id, draft(""))
	require.Error(t, err)
	before := w.measured(t)
	require.Equal(t, 2, readingsIn(before), "what is repeated or refused is not read anew")
	maps.DeleteFunc(before, func(name string, _ int) bool { return strings.HasPrefix(name, "emotion_") })
	require.Equal(t, map[string]int{
		"messages_total stored": 2, "messages_total repeated": 1, "messages_total refused": 2, "message_commit_seconds": 2, "message_batch_messages": 4,
	}, before)

	_, err = w.messages.Edit(t.Context(), b, id, sent.Seq, "I am so angry about this!")
	require.NoError(t, err)
	require.Equal(t, 3, readingsIn(w.measured(t)), "two that were sent and one of a new text")
	since := int64(0)
	page := w.history(t, a, id, message.Cursor{SinceRev: &since})
	w.history(t, a, id, message.Cursor{})
	require.Equal(t, len(page.Items), w.measured(t)["resume_rows_total"], "whoever opens a room has missed nothing")
}

func readingsIn(values map[string]int) (n int) {
	for name, value := range values {
		if strings.HasPrefix(name, "emotion_readings_total embedded") {
			n += value
		}
	}
	return n
}

func TestABatchIsOneObservation(t *testing.T) {
	w := newWorld(t, testkit.SQLite(t))
	a, _, id := w.pair(t)
	const count = 50
	done := make(chan error, count)
	for i := range count {
		w.messages.SendAsync(t.Context(), a, id, draft(fmt.Sprint(i)), func(_ message.Sent, err error) { done <- err })
	}
	for range count {
		require.NoError(t, <-done)
	}
	told := w.measured(t)
	require.Equal(t, count, told["messages_total stored"])
	require.Equal(t, count, told["message_commit_seconds"])
	require.Less(t, told["message_batch_messages"], count, "they were stored together")
	require.Zero(t, told["message_waiting"])
}
