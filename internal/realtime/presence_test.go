package realtime_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/emosation/emosation/internal/testkit"
	"github.com/stretchr/testify/require"
)

func TestThoseOfADeadNodeDisappear(t *testing.T) {
	server := testkit.RedisURL(t)
	redis := testkit.OpenRedis(t, server)
	w := newTruth()
	way := newLink(t, server)
	clock := testkit.NewClock(time.Now())
	dies := newNode(t, testkit.OpenRedis(t, way.url()), w)
	lives := newNodeAt(t, redis, w, clock.Now)
	gone, _ := dies.connect(1, 1, "", 7)
	dies.Look(t.Context(), gone, 7)
	stays, _ := lives.connect(2, 2, "", 7)
	lives.Look(t.Context(), stays, 7)
	require.True(t, lives.Online(t.Context(), []int64{1})[1])
	require.ElementsMatch(t, []int64{1, 2}, lives.Viewers(t.Context(), 7))

	way.set(true) // for the others it is as good as dead
	clock.Advance(time.Minute + time.Second)
	require.Equal(t, map[int64]bool{1: false, 2: true}, lives.Online(t.Context(), []int64{1, 2}))
	require.Equal(t, []int64{2}, lives.Viewers(t.Context(), 7))
	other, _ := lives.connect(3, 3, "", 7)
	lives.Look(t.Context(), other, 7)
	members, err := redis.Do(t.Context(), redis.B().Zrange().Key("emosation:viewers:7").Min("0").Max("-1").Build()).AsStrSlice()
	require.NoError(t, err)
	for _, member := range members {
		require.NotContains(t, member, "1@", "nothing of it is left behind")
	}
}

func TestWhoStartsIsToldWhoIsThere(t *testing.T) {
	redis := testkit.Redis(t)
	w := newTruth()
	a := newNode(t, redis, w)
	var users []int64
	for user := range int64(300) {
		c, _ := a.connect(user+1, user+1, "", 7)
		if user == 0 {
			a.Look(t.Context(), c, 7)
		}
		users = append(users, user+1)
	}
	sets, err := redis.Do(t.Context(), redis.B().Keys().Pattern("emosation:online:*").Build()).AsStrSlice()
	require.NoError(t, err)
	require.Empty(t, sets, "nobody else asks")

	b := newNode(t, redis, w)
	b.connect(1000, 1000, "")
	online := b.Online(t.Context(), users)
	for _, user := range users {
		require.True(t, online[user], fmt.Sprint(user))
	}
	require.Equal(t, []int64{1}, b.Viewers(t.Context(), 7))
}
