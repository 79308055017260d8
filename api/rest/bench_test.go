package rest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/storage"
	"github.com/emosation/emosation/internal/testkit"
)

// BenchmarkLatest reads the latest 100 messages of rooms of different lengths, by HTTP, signed in, with readings, ten at a time: as
// they are remembered, and as they come from MariaDB.
func BenchmarkLatest(b *testing.B) {
	for _, length := range []int{100, 10_000, 1_000_000} {
		b.Run(strconv.Itoa(length), func(b *testing.B) {
			stack := testkit.Stack{DB: testkit.MariaDB(b), Redis: testkit.Redis(b)}
			near := newWorld(b, stack)
			bare := newWorld(b, stack, withoutRecent, func(s *settings) { s.Key = near.key })
			minji := near.join(b, "minji")
			path := minji.newRoom(b)
			near.fill(b, strings.TrimPrefix(path, "/rooms/"), minji.id, length)
			for _, way := range []struct {
				name string
				node *world
			}{{"cache", near}, {"mariadb", bare}} {
				b.Run(way.name, func(b *testing.B) { way.node.read(b, minji, path+"/messages?limit=100") })
			}
		})
	}
}

// fill writes messages into a room as rows, the last few hundred of them with readings.
func (w *world) fill(b *testing.B, id string, author int64, length int) {
	b.Helper()
	engine, err := emotion.NewEmbedded()
	require.NoError(b, err)
	const body = "오늘 정말 고마웠어 ㅠㅠ see you tomorrow, and bring the others along"
	require.NoError(b, w.DB.Exec("DELETE FROM messages WHERE room_id = ?", id).Error)
	require.NoError(b, w.DB.Exec("DELETE FROM readings WHERE room_id = ?", id).Error)
	require.NoError(b, w.DB.Exec(`INSERT INTO messages (room_id, seq, rev, kind, sender_id, client_id, body, created_at)
		SELECT ?, seq, seq, 'text', ?, CONCAT('00000000-0000-4000-8000-', LPAD(seq, 12, '0')), ?, NOW() FROM seq_1_to_`+strconv.Itoa(length),
		id, author, body).Error)
	require.NoError(b, w.DB.Exec("UPDATE rooms SET last_seq = ?, last_rev = ? WHERE id = ?", length, length, id).Error)
	room, err := strconv.ParseInt(id, 10, 64)
	require.NoError(b, err)
	var entries []emotion.Entry
	for seq := max(1, length-299); seq <= length; seq++ {
		entries = append(entries, emotion.Entry{Room: room, Seq: int64(seq), Reading: engine.Read(body).Rounded(), At: time.Now()})
	}
	require.NoError(b, storage.Tx(b.Context(), w.DB, func(tx *gorm.DB) error { return emotion.NewLedger(w.DB).Store(tx, entries) }))
}

func (w *world) read(b *testing.B, p person, path string) {
	const clients = 10
	client := http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients, DisableCompression: true}}
	defer client.CloseIdleConnections()
	fetch := func(ctx context.Context, into *bytes.Buffer) error {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, w.url+"/api/v1"+path, nil)
		if err != nil {
			return err
		}
		r.Header.Set("Authorization", "Bearer "+p.access)
		answer, err := client.Do(r)
		if err != nil {
			return err
		}
		defer answer.Body.Close()
		into.Reset()
		if _, err = into.ReadFrom(answer.Body); err == nil && answer.StatusCode != http.StatusOK {
			err = fmt.Errorf("%s: %s", answer.Status, into)
		}
		return err
	}
	var first bytes.Buffer
	require.NoError(b, fetch(b.Context(), &first))
	var page openapi.MessagePage
	require.NoError(b, json.Unmarshal(first.Bytes(), &page))
	require.Len(b, page.Items, 100)
	require.NotNil(b, page.Items[99].Reading)
	b.ReportAllocs()
	b.ResetTimer()
	took := make([]time.Duration, b.N)
	var reading sync.WaitGroup
	for i := range clients {
		reading.Go(func() {
			var into bytes.Buffer
			for n := i; n < b.N; n += clients {
				begin := time.Now()
				if err := fetch(b.Context(), &into); err != nil {
					b.Error(err)
					return
				}
				took[n] = time.Since(begin)
			}
		})
	}
	reading.Wait()
	b.StopTimer()
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "pages/s")
}
