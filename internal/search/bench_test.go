package search_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/search"
	"github.com/emosation/emosation/internal/testkit"
)

const (
	benchRooms = 1000
	benchEach  = 1000 // messages of each room
	// benchFew is how many of the rooms one of the people is in, who for the other is all of them.
	benchFew = 20
	// benchRaw is what was said in each since the last time that rooms were indexed.
	benchRaw  = 5
	benchStep = 4 // rooms written together
)

// BenchmarkSearch looks for words of several kinds in a million messages in a thousand rooms (with -short in a tenth of them): a page of the newest
// twenty, with what is shown of them. Everybody talks all the time, so that the newest of all are in every room.
func BenchmarkSearch(b *testing.B) {
	for name, open := range map[string]func(testing.TB) *gorm.DB{"mariadb": testkit.MariaDB, "sqlite": testkit.SQLite} {
		b.Run(name, func(b *testing.B) {
			w := newWorld(b, open(b))
			size := benchRooms
			if testing.Short() {
				size /= 10
			}
			all, few := w.populate(b, size)
			for _, q := range []struct{ class, text string }{
				{"common_korean", korean(0)}, {"common_english", english(1)}, {"syllable", korean(3)[:3]}, {"letter", "t"},
				{"middling_korean", korean(150)}, {"middling_english", english(151)}, {"two_common", korean(2) + " " + english(3)},
				{"two_middling", korean(150) + " " + english(151)}, {"rare_korean", "꿩먹고"}, {"rare_english", "zyzzyva"},
				{"rare_mixed", "zyzzyva 꿩"}, {"absent_korean", "쀍쀓쀛"}, {"absent_english", "qqqqq"}, {"absent_syllable", "뷁"},
			} {
				for _, who := range []struct {
					rooms int
					id    account.ID
				}{{size, all}, {benchFew, few}} {
					b.Run(fmt.Sprintf("%s/rooms=%d", q.class, who.rooms), func(b *testing.B) { w.measure(b, who.id, q.text) })
				}
			}
		})
	}
}

const warm = 3 // searches that are not measured

// cpuTime is what this process has used.
func cpuTime(b *testing.B) time.Duration {
	var used syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &used))
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

func (w *world) measure(b *testing.B, who account.ID, text string) {
	var times []time.Duration
	cpu := cpuTime(b)
	found, more := 0, 0.0
	for range warm { // the database has read it before
		_, err := w.search.Find(b.Context(), who, search.Query{Text: text, Limit: 20})
		require.NoError(b, err)
	}
	for b.Loop() {
		start := time.Now()
		page, err := w.search.Find(b.Context(), who, search.Query{Text: text, Limit: 20})
		require.NoError(b, err)
		messages, err := w.messages.At(b.Context(), who, page.Places)
		require.NoError(b, err)
		times = append(times, time.Since(start))
		found = len(messages)
		if page.Next != "" {
			more = 1
		}
	}
	slices.Sort(times)
	b.ReportMetric(float64(times[len(times)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(times[len(times)*99/100].Microseconds())/1000, "p99-ms")
	b.ReportMetric(float64((cpuTime(b)-cpu).Microseconds())/1000/float64(len(times)+warm), "cpu-ms") // of this process
	b.ReportMetric(float64(found), "found")
	b.ReportMetric(more, "more")
}

// populate makes the rooms and what is said in them, and returns somebody who is in all of them and somebody in few.
func (w *world) populate(b *testing.B, size int) (all, few account.ID) {
	all, few = w.person(b), w.person(b)
	now := time.Now().UTC().Truncate(time.Microsecond)
	var rooms, members []map[string]any
	for id := range size {
		rooms = append(rooms, map[string]any{
			"id": id + 1, "kind": room.Group, "state": room.Open, "last_seq": 0, "last_rev": benchEach, "created_at": now,
		})
		seats := []account.ID{all}
		if id%(size/benchFew) == 0 {
			seats = append(seats, few)
		}
		for _, who := range seats {
			members = append(members, map[string]any{
				"room_id": id + 1, "user_id": who, "state": room.Joined, "joined_seq": 0, "last_read_seq": 0, "joined_at": now,
			})
		}
	}
	require.NoError(b, w.db.Table("rooms").CreateInBatches(rooms, 500).Error)
	require.NoError(b, w.db.Table("room_users").CreateInBatches(members, 500).Error)
	talk := newTalk()
	said := func(from, to int) { // seqs of each room
		for first := 0; first < size; first += benchStep {
			var sql strings.Builder
			for id := first; id < first+benchStep; id++ {
				for seq := from; seq < to; seq++ {
					n := seq*size + id
					at := now.Add(time.Duration(n-size*benchEach) * time.Second).Format("2006-01-02 15:04:05")
					fmt.Fprintf(&sql, ",(%d,%d,%d,'text',%d,'%036d','%s','%s')", id+1, seq+1, seq+1, all, n, talk.sentence(n, size), at)
				}
			}
			require.NoError(b, w.db.Exec("INSERT INTO messages (room_id, seq, rev, kind, sender_id, client_id, body, created_at) VALUES "+sql.String()[1:]).Error)
		}
	}
	start := time.Now()
	said(0, benchEach-benchRaw)
	b.Logf("%d messages in %v", size*(benchEach-benchRaw), time.Since(start))
	require.NoError(b, w.db.Exec("UPDATE rooms SET last_seq = ?", benchEach-benchRaw).Error)
	start = time.Now()
	require.NoError(b, w.search.Index(b.Context(), 1))
	b.Logf("indexed in %v", time.Since(start))
	start = time.Now()
	for left := int64(1); left > 0; {
		require.NoError(b, w.search.File(b.Context(), now))
		require.NoError(b, w.db.Table("message_chunks").Where("words_id = 0").Count(&left).Error)
	}
	b.Logf("filed in %v", time.Since(start))
	said(benchEach-benchRaw, benchEach)
	require.NoError(b, w.db.Exec("UPDATE rooms SET last_seq = ?", benchEach).Error)
	return all, few
}

// talk makes sentences up. A few words are in most of them and most words are in few, as in a language.
type talk struct {
	zipf *rand.Zipf
	rand *rand.Rand
}

const vocabulary = 20_000 // in each language

func newTalk() talk {
	r := rand.New(rand.NewPCG(2026, 11))
	return talk{zipf: rand.NewZipf(r, 1.07, 8, vocabulary-1), rand: r}
}

func (t talk) sentence(n, size int) string {
	switch n {
	case size * benchEach / 3:
		return "꿩먹고 알먹고"
	case size * benchEach / 5:
		return "a zyzzyva and 꿩먹고"
	}
	particles := [...]string{"", "", "은", "이", "을", "에서", "도", "까지", "요", "했어", "ㅋㅋ"}
	var words []string
	for range 3 + t.rand.IntN(8) {
		if t.rand.IntN(3) == 0 {
			words = append(words, english(int(t.zipf.Uint64())))
		} else {
			words = append(words, korean(int(t.zipf.Uint64()))+particles[t.rand.IntN(len(particles))])
		}
	}
	return strings.Join(words, " ")
}

// korean returns the n-th most common word.
func korean(n int) string {
	return spell(n, "가나다라마바사아자차하거너더러머버서어저고노도로모보소오조구누두루무부수우주그느드르므브스으즈기니디리미비시이지강남동문방상장정전진천")
}

// english likewise.
func english(n int) string {
	vowels, letters := "aeiou", "tnshrdlcmwfgypbvk"
	word := spell(n, letters)
	var out strings.Builder
	for i, c := range word {
		out.WriteRune(c)
		out.WriteByte(vowels[(n+i)%len(vowels)])
	}
	return out.String()
}

// spell writes a number with letters as digits, so that neighbours do not begin alike; no word is shorter than two.
func spell(n int, alphabet string) string {
	letters := []rune(alphabet)
	var word []rune
	for n += len(letters); n > 0; n /= len(letters) {
		word = append(word, letters[n%len(letters)])
	}
	return string(word)
}
