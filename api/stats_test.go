package main

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/api/openapi"
)

func TestStatisticsTellOfAllNodes(t *testing.T) {
	w := serverTown(t)
	admin := w.admin
	people := w.people(t, 3)
	direct := befriend(t, people[0], people[1])
	here, there := people[0].dial(t), people[1].on(w.secondNode(t)).dial(t)
	for range 3 {
		here.send(t, map[string]any{"type": "message", "room": direct, "clientId": note("")["clientId"], "body": "오늘 정말 신나!"})
		there.waitType(t, "message")
	}

	look := func() openapi.Stats {
		return decoded[openapi.Stats](t, admin.must(t, http.MethodGet, "/admin/stats?days=30", nil))
	}
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		got := look()
		assert.Equal(c, openapi.OnlineStats{Users: 2, Sessions: 2, Nodes: 2}, got.Online)
		today := got.Days[29]
		assert.Equal(c, 3, today.Visitors, "one never came")
		assert.Equal(c, 4, today.NewUsers)
		assert.Equal(c, 3, today.Messages)
		assert.Equal(c, []openapi.EngineCount{{Engine: "embedded", Readings: 3}}, today.Readings)
		assert.Equal(c, openapi.UserStats{Active: 4}, got.Users)
		assert.Equal(c, []openapi.RoomStats{{Kind: "direct", Rooms: 1}}, got.Rooms)
	}, 15*time.Second, 100*time.Millisecond)
	require.Equal(t, "Asia/Seoul", look().Zone)
	people[0].refused(t, "auth.admin_only", http.MethodGet, "/admin/stats", nil)
}
