package main

import (
	"context"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/testkit"
	"github.com/emosation/emosation/internal/testkit/chaos"
)

// jumpy is a clock that goes on, but from elsewhere after each jump.
type jumpy struct{ off atomic.Int64 }

func (j *jumpy) now() time.Time { return time.Now().Add(time.Duration(j.off.Load())) }

// jump sets the clock up to a week forward or back, or a little, or right again.
func (j *jumpy) jump(chance *rand.Rand) {
	reach := []time.Duration{time.Millisecond, time.Second, time.Hour, 7 * 24 * time.Hour}[chance.IntN(4)]
	j.off.Store(chance.Int64N(2*int64(reach)+1) - int64(reach))
}

// TestAClockThatJumpsBreaksNoPromise lets the clocks of two nodes jump apart while people chat: seq and rev are the order, and
// the time of a message only says when it was sent.
func TestAClockThatJumpsBreaksNoPromise(t *testing.T) {
	stack := testkit.Stack{DatabaseURL: testkit.MariaDBURL(t), RedisURL: testkit.RedisURL(t)}
	clocks, urls := make([]*jumpy, 2), make([]string, 2)
	settings := stackSettings(t, stack)
	for i := range clocks {
		clocks[i] = &jumpy{}
		urls[i] = startAt(t, settings, clocks[i].now).url
	}
	const seed, jumps = 5, 60
	options := chaos.Options{Seed: seed, People: 8, Groups: 2, Pace: 40 * time.Millisecond, Progress: t.Output()}
	report, err := chaos.Chat(t.Context(), options, urls, stack.DatabaseURL, func(ctx context.Context) error {
		chance := rand.New(rand.NewPCG(seed, 0))
		ticker := time.NewTicker(50 * time.Millisecond)
		defer ticker.Stop()
		for range jumps {
			select {
			case <-ticker.C:
				clocks[chance.IntN(len(clocks))].jump(chance)
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	require.NoError(t, err)
	report.Print(t.Output())
	require.Zero(t, report.Total())
	require.Greater(t, report.Acknowledged, 100)

	var hours int
	span := "SELECT TIMESTAMPDIFF(HOUR, MIN(created_at), MAX(created_at)) FROM messages"
	require.NoError(t, testkit.Open(t, stack.DatabaseURL).Raw(span).Scan(&hours).Error)
	require.Greater(t, hours, 1, "the clocks never jumped")
}
