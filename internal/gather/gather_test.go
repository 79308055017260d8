package gather_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/gather"
)

// oracle answers each key with its double, after a while.
type oracle struct {
	mu     sync.Mutex
	groups [][]int
}

func (o *oracle) ask(ctx context.Context, keys []int) ([]int, error) {
	o.mu.Lock()
	o.groups = append(o.groups, append([]int(nil), keys...))
	o.mu.Unlock()
	select {
	case <-time.After(time.Second):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	answers := make([]int, len(keys))
	for i, k := range keys {
		answers[i] = 2 * k
	}
	return answers, nil
}

func TestThoseWhoWaitShareOneQuestion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var o oracle
		g := gather.New(100, time.Minute, o.ask)
		ask := func(key int) {
			got, err := g.Get(t.Context(), key)
			require.NoError(t, err)
			require.Equal(t, 2*key, got)
		}
		go ask(0)
		synctest.Wait() // the first question is under way
		var asking sync.WaitGroup
		for i := range 300 {
			asking.Go(func() { ask(1 + i%60) })
		}
		asking.Wait()
		require.Len(t, o.groups, 2)
		require.Equal(t, []int{0}, o.groups[0])
		require.Len(t, o.groups[1], 60, "every key once")
	})
}

func TestAGroupIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var o oracle
		g := gather.New(10, time.Minute, o.ask)
		var asking sync.WaitGroup
		for i := range 35 {
			asking.Go(func() {
				got, err := g.Get(t.Context(), i)
				require.NoError(t, err)
				require.Equal(t, 2*i, got)
			})
		}
		asking.Wait()
		require.LessOrEqual(t, len(o.groups), 5)
		for _, group := range o.groups {
			require.LessOrEqual(t, len(group), 10)
		}
	})
}

// An answer that was on its way when somebody asked may be older than what they know already.
func TestNobodyIsGivenAnAnswerThatBeganBeforeTheyAsked(t *testing.T) {
	var truth atomic.Int64
	g := gather.New(8, time.Minute, func(_ context.Context, keys []int) ([]int64, error) {
		seen := truth.Load()
		answers := make([]int64, len(keys))
		for i := range answers {
			answers[i] = seen
		}
		return answers, nil
	})
	var asking sync.WaitGroup
	for i := range 8 {
		asking.Go(func() {
			for range 2000 {
				known := truth.Add(1)
				got, err := g.Get(t.Context(), i)
				require.NoError(t, err)
				require.GreaterOrEqual(t, got, known)
			}
		})
	}
	asking.Wait()
}

func TestAnErrorGoesToItsGroupAndNoFurther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broken, calls := errors.New("broken"), 0
		g := gather.New(10, time.Minute, func(_ context.Context, keys []int) ([]int, error) {
			time.Sleep(time.Second) //nolint:forbidigo // in a bubble, where it takes no time
			if calls++; calls == 2 {
				return nil, broken
			}
			return keys, nil
		})
		var asking sync.WaitGroup
		ask := func(key int, want error) {
			asking.Go(func() {
				_, err := g.Get(t.Context(), key)
				require.ErrorIs(t, err, want)
			})
			synctest.Wait()
		}
		ask(1, nil)
		ask(2, broken)
		ask(3, broken)
		asking.Wait()
		ask(4, nil)
		asking.Wait()
	})
}

func TestWhoGivesUpLeavesTheOthersTheirAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var o oracle
		g := gather.New(10, time.Minute, o.ask)
		impatient, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		var asking sync.WaitGroup
		asking.Go(func() {
			_, err := g.Get(impatient, 1) // it is the one who set the question going
			require.ErrorIs(t, err, context.DeadlineExceeded)
		})
		asking.Go(func() {
			got, err := g.Get(t.Context(), 2)
			require.NoError(t, err)
			require.Equal(t, 4, got)
		})
		asking.Wait()
		_, err := g.Get(impatient, 3)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		for _, group := range o.groups {
			require.NotContains(t, group, 3, "who has given up before asking asks nothing")
		}
	})
}

func TestAQuestionWithoutAnAnswerIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := gather.New(10, 5*time.Second, func(ctx context.Context, _ []int) ([]int, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		})
		begin := time.Now()
		_, err := g.Get(t.Context(), 1)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Equal(t, 5*time.Second, time.Since(begin))
	})
}
