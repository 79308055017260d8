package friend

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Every rule on every state. The blocked columns do not matter where they are not named.
func TestRules(t *testing.T) {
	then, now := time.Unix(1, 0), time.Unix(2, 0)
	before := func(s State) pair { return pair{state: s, since: then} }
	same := before
	fresh := func(s State) pair { return pair{state: s, since: now} }
	for name, c := range map[string]struct {
		rule   decision
		before pair
		after  pair
		err    error
	}{
		"request a stranger":             {pair.request, before(None), fresh(Outgoing), nil},
		"request twice":                  {pair.request, before(Outgoing), same(Outgoing), nil},
		"request crossing a request":     {pair.request, before(Incoming), fresh(Accepted), nil},
		"request a friend":               {pair.request, before(Accepted), same(Accepted), nil},
		"request whom I blocked":         {pair.request, pair{state: None, blocks: true}, pair{}, ErrBlocked},
		"request who blocked me":         {pair.request, pair{state: None, isBlocked: true}, pair{}, ErrUnknown},
		"request when both blocked":      {pair.request, pair{state: None, blocks: true, isBlocked: true}, pair{}, ErrBlocked},
		"accept a request":               {pair.accept, before(Incoming), fresh(Accepted), nil},
		"accept twice":                   {pair.accept, before(Accepted), same(Accepted), nil},
		"accept nothing":                 {pair.accept, before(None), pair{}, ErrNoRequest},
		"accept my own request":          {pair.accept, before(Outgoing), pair{}, ErrNoRequest},
		"accept who blocked me":          {pair.accept, pair{state: None, isBlocked: true}, pair{}, ErrNoRequest},
		"decline":                        {pair.remove, before(Incoming), same(None), nil},
		"withdraw":                       {pair.remove, before(Outgoing), same(None), nil},
		"unfriend":                       {pair.remove, before(Accepted), same(None), nil},
		"remove nothing":                 {pair.remove, before(None), same(None), nil},
		"block a stranger":               {pair.block, before(None), pair{state: None, since: then, blocks: true}, nil},
		"block a friend":                 {pair.block, before(Accepted), pair{state: None, since: then, blocks: true}, nil},
		"block who asked me":             {pair.block, before(Incoming), pair{state: None, since: then, blocks: true}, nil},
		"block back":                     {pair.block, pair{state: None, isBlocked: true}, pair{state: None, blocks: true, isBlocked: true}, nil},
		"block twice":                    {pair.block, pair{state: None, blocks: true}, pair{state: None, blocks: true}, nil},
		"unblock":                        {pair.unblock, pair{state: None, blocks: true}, pair{state: None}, nil},
		"unblock nobody":                 {pair.unblock, before(Accepted), same(Accepted), nil},
		"unblock does not lift theirs":   {pair.unblock, pair{state: None, blocks: true, isBlocked: true}, pair{state: None, isBlocked: true}, nil},
		"block keeps the other's blocks": {pair.block, pair{state: None, isBlocked: true}, pair{state: None, isBlocked: true, blocks: true}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := c.rule(c.before, now)
			if c.err != nil {
				require.ErrorIs(t, err, c.err)
				return
			}
			require.NoError(t, err)
			require.Equal(t, c.after, got)
		})
	}
}

func TestBothSeeTheSameFromTheirOwnSide(t *testing.T) {
	for _, s := range []State{None, Incoming, Outgoing, Accepted} {
		require.Equal(t, s, s.mirrored().mirrored())
	}
	require.Equal(t, Incoming, Outgoing.mirrored())
	require.Equal(t, Accepted, Accepted.mirrored())
}
