package mood_test

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"
	"pgregory.net/rapid"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/message"
	"github.com/emosation/emosation/internal/mood"
	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/testkit"
)

// model counts what people see in their conversations, message by message.
type model struct {
	*world
	people []account.ID
	rooms  []room.ID // the first is of two people, the second of all
}

// tell is what is counted of some messages.
type tell struct {
	labels        [7]int
	love, unclear int
	valence       float64 // the mean, four decimals
}

func (m *model) tell(list []message.Message) *tell {
	if len(list) == 0 {
		return nil
	}
	var all tell
	var sum float64
	clear := 0
	for _, s := range list {
		r := s.Reading
		if r.Unclear {
			all.unclear++
			continue
		}
		labels := emotion.Labels()
		all.labels[slices.Index(labels[:], r.Label)]++
		if r.Label == emotion.Joy && r.Love {
			all.love++
		}
		sum += r.Valence
		clear++
	}
	if clear > 0 {
		all.valence = math.Round(sum/float64(clear)*1e4) / 1e4
	}
	return &all
}

func told(c *mood.Counts) *tell {
	if c == nil || *c == (mood.Counts{}) {
		return nil
	}
	t := tell{labels: c.Labels, love: c.Love, unclear: c.Unclear}
	if c.Clear() > 0 {
		t.valence = c.Valence()
	}
	return &t
}

// requireAlike allows for halves that are rounded in either direction.
func requireAlike(t require.TestingT, want, got *tell, what string) {
	if want != nil && got != nil && math.Abs(want.valence-got.valence) < 1.1e-4 {
		got.valence = want.valence
	}
	require.Equal(t, want, got, what)
}

// visible are the messages whose readings somebody sees.
func (m *model) visible(t testing.TB, reader account.User, id room.ID) (list []message.Message) {
	for _, s := range m.history(t, reader.ID, id) {
		if s.Reading != nil && emotion.Visible(s.Share, s.Sender == reader.ID, reader.ShowReadings) {
			list = append(list, s)
		}
	}
	return list
}

// blocks splits messages into those that are shown together, and what is left over.
func blocks(list []message.Message, least int) (shown, left []message.Message) {
	people := map[account.ID]bool{}
	for _, s := range list {
		left = append(left, s)
		people[s.Sender] = true
		if len(people) >= least {
			shown, left, people = append(shown, left...), nil, map[account.ID]bool{}
		}
	}
	return shown, left
}

const (
	anHour = "2006-01-02 15"
	aDay   = "2006-01-02"
)

func aWeek(at time.Time) string {
	year, week := at.In(seoul).ISOWeek()
	return fmt.Sprintf("%d-%d", year, week)
}

// shown is what a timeline counts, by hour, day or week, without the blocks of smaller units.
func (m *model) shown(list []message.Message, unit mood.Unit, least int) map[string][]message.Message {
	now := m.clock.Now().In(seoul)
	all := map[string][]message.Message{}
	pieces := func(list []message.Message, key func(message.Message) string) (keys []string, by map[string][]message.Message) {
		by = map[string][]message.Message{}
		for _, s := range list {
			by[key(s)] = append(by[key(s)], s)
		}
		return slices.Sorted(maps.Keys(by)), by
	}
	hourOf := func(s message.Message) string { return s.SentAt.In(seoul).Format(anHour) }
	dayOf := func(s message.Message) string { return s.SentAt.In(seoul).Format(aDay) }
	weekOf := func(s message.Message) string { return aWeek(s.SentAt) }
	bucketOf := map[mood.Unit]func(message.Message) string{mood.Hour: hourOf, mood.Day: dayOf, mood.Week: weekOf}[unit]
	take := func(list []message.Message) {
		for _, s := range list {
			all[bucketOf(s)] = append(all[bucketOf(s)], s)
		}
	}
	var ofDays, ofWeeks []message.Message
	hours, byHour := pieces(list, hourOf)
	for _, h := range hours {
		shown, left := blocks(byHour[h], least)
		take(shown)
		begin, _ := time.ParseInLocation(anHour, h, seoul)
		if unit != mood.Hour && !now.Before(begin.Add(time.Hour+time.Minute)) {
			ofDays = append(ofDays, left...)
		}
	}
	days, byDay := pieces(ofDays, dayOf)
	for _, d := range days {
		hours, byHour := pieces(byDay[d], hourOf)
		shown, left := ofPieces(hours, byHour, least)
		take(shown)
		begin, _ := time.ParseInLocation(aDay, d, seoul)
		if unit == mood.Week && !now.Before(begin.Add(24*time.Hour+time.Minute)) {
			ofWeeks = append(ofWeeks, left...)
		}
	}
	_, byWeek := pieces(ofWeeks, weekOf)
	for _, w := range byWeek {
		days, byDay := pieces(w, dayOf)
		shown, _ := ofPieces(days, byDay, least)
		take(shown)
	}
	return all
}

// ofPieces is blocks for pieces that stay whole.
func ofPieces(keys []string, by map[string][]message.Message, least int) (shown, left []message.Message) {
	people := map[account.ID]bool{}
	for _, key := range keys {
		left = append(left, by[key]...)
		for _, s := range by[key] {
			people[s.Sender] = true
		}
		if len(people) >= least {
			shown, left, people = append(shown, left...), nil, map[account.ID]bool{}
		}
	}
	return shown, left
}

func (m *model) checkMood(t *rapid.T, tb testing.TB) {
	at := rapid.IntRange(0, 1).Draw(t, "room")
	reader := m.user(tb, m.people[rapid.IntRange(0, []int{1, len(m.people) - 1}[at]).Draw(t, "reader")])
	least := []int{1, mood.LeastPeople}[at]
	days := rapid.SampledFrom([]int{1, 7, 30, 90}).Draw(t, "days")
	line, err := m.mood.Of(tb.Context(), reader, m.rooms[at], days)
	if mine, findErr := m.find(tb, reader.ID, m.rooms[at]); findErr == nil && mine.Readings == room.ReadingsOff {
		require.ErrorIs(t, err, emotion.ErrOff)
		return
	}
	require.NoError(t, err)
	shown := m.shown(m.visible(tb, reader, m.rooms[at]), line.Unit, least)
	require.Equal(t, least, line.LeastPeople)
	require.Len(t, line.Buckets, map[int]int{1: 24, 7: 7, 30: 30, 90: 13}[days])
	require.False(t, line.Buckets[len(line.Buckets)-1].To.Before(m.clock.Now()), "the last one has the present in it")
	for i, b := range line.Buckets {
		from := b.From.In(seoul)
		key := map[mood.Unit]string{mood.Hour: from.Format(anHour), mood.Day: from.Format(aDay), mood.Week: aWeek(from)}[line.Unit]
		requireAlike(t, m.tell(shown[key]), told(b.Counts), key)
		if i > 0 {
			require.Equal(t, line.Buckets[i-1].To, b.From)
		}
	}
}

func (m *model) find(tb testing.TB, who account.ID, id room.ID) (room.Mine, error) {
	return m.world.rooms.Get(tb.Context(), who, id)
}

func (m *model) checkReflection(t *rapid.T, tb testing.TB) {
	reader := m.user(tb, rapid.SampledFrom(m.people).Draw(t, "reader"))
	week := m.clock.Now().In(seoul).AddDate(0, 0, -7*rapid.IntRange(0, 2).Draw(t, "weeks ago"))
	year, number := week.ISOWeek()
	got, err := m.mood.Reflect(tb.Context(), reader, fmt.Sprintf("%d-W%02d", year, number))
	if reader.ShareReadings == account.ShareOff {
		require.ErrorIs(t, err, emotion.ErrOff)
		return
	}
	require.NoError(t, err)
	var all []message.Message
	messages, corrected := map[string]int{}, 0
	for i, id := range m.rooms {
		if i == 0 && !slices.Contains(m.people[:2], reader.ID) {
			continue
		}
		for _, s := range m.history(tb, reader.ID, id) {
			if s.Sender != reader.ID || s.Kind != message.Text || s.DeletedAt != nil || aWeek(s.SentAt) != aWeek(week) {
				continue
			}
			messages[s.SentAt.In(seoul).Format(aDay)]++
			if s.Reading != nil && s.Share != account.ShareOff {
				all = append(all, s)
				if s.Reading.Engine == emotion.AuthorEngine {
					corrected++
				}
			}
		}
	}
	requireAlike(t, m.tell(all), told(&got.Counts), "the week")
	require.Equal(t, corrected, got.Corrected)
	sum := 0
	for _, d := range got.Days {
		day := d.From.In(seoul).Format(aDay)
		require.Equal(t, messages[day], d.Messages, day)
		sum += d.Messages
		var here []message.Message
		for _, s := range all {
			if s.SentAt.In(seoul).Format(aDay) == day {
				here = append(here, s)
			}
		}
		requireAlike(t, m.tell(here), told(&d.Counts), day)
	}
	require.Equal(t, sum, got.Messages)
}

func (m *model) checkDigest(t *rapid.T, tb testing.TB) {
	at := rapid.IntRange(0, 1).Draw(t, "room")
	reader := m.user(tb, m.people[rapid.IntRange(0, []int{1, len(m.people) - 1}[at]).Draw(t, "reader")])
	mine, err := m.find(tb, reader.ID, m.rooms[at])
	require.NoError(t, err)
	got, err := m.mood.Missed(tb.Context(), reader, m.rooms[at], nil)
	if mine.Readings == room.ReadingsOff {
		require.ErrorIs(t, err, emotion.ErrOff)
		return
	}
	require.NoError(t, err)
	want := mood.Digest{}
	by := map[emotion.Label][]message.Message{}
	for _, s := range m.history(tb, reader.ID, m.rooms[at]) {
		if s.Seq <= mine.LastReadSeq || s.Sender == reader.ID || s.Kind != message.Text || s.DeletedAt != nil {
			continue
		}
		want.Unread++
		want.To = s.Seq
		if want.From == 0 {
			want.From = s.Seq
		}
		switch {
		case s.Reading == nil || !emotion.Visible(s.Share, false, true):
			want.Without++
		case s.Reading.Unclear:
			want.Unclear++
		default:
			by[s.Reading.Label] = append(by[s.Reading.Label], s)
		}
	}
	for _, label := range emotion.Labels() {
		list := by[label]
		if len(list) == 0 {
			continue
		}
		slices.SortFunc(list, func(a, b message.Message) int {
			return cmp.Or(cmp.Compare(b.Reading.Confidence, a.Reading.Confidence), cmp.Compare(b.Seq, a.Seq))
		})
		g := mood.Group{Label: label, Count: len(list)}
		for _, s := range list[:min(5, len(list))] {
			g.Seqs = append(g.Seqs, s.Seq)
		}
		want.Groups = append(want.Groups, g)
	}
	slices.SortStableFunc(want.Groups, func(a, b mood.Group) int { return b.Count - a.Count })
	require.Equal(t, want, got)
}

// pick chooses a message that may still change, of one of the people.
func (m *model) pick(t *rapid.T, tb testing.TB) *message.Message {
	id := rapid.SampledFrom(m.rooms).Draw(t, "room")
	all := m.history(tb, m.people[0], id)
	all = slices.DeleteFunc(all, func(s message.Message) bool { return s.DeletedAt != nil || s.Kind != message.Text })
	if len(all) == 0 {
		return nil
	}
	return &all[rapid.IntRange(0, len(all)-1).Draw(t, "message")]
}

func body(t *rapid.T) string {
	return fmt.Sprintf("%s 0.%d%s", rapid.SampledFrom([]emotion.Label{emotion.Joy, emotion.Anger, emotion.Neutral}).Draw(t, "label"),
		rapid.IntRange(1, 9).Draw(t, "confidence"), rapid.SampledFrom([]string{"", "", " unclear", " love"}).Draw(t, "and"))
}

func (m *model) actions(tb testing.TB) map[string]func(*rapid.T) {
	ctx := tb.Context()
	pass := func(t *rapid.T) {
		m.clock.Advance(rapid.SampledFrom([]time.Duration{0, time.Second, 90 * time.Second, 40 * time.Minute, 11 * time.Hour, 50 * time.Hour}).Draw(t, "time"))
	}
	send := func(t *rapid.T) {
		for range rapid.IntRange(1, 6).Draw(t, "messages") {
			pass(t)
			at := rapid.SampledFrom([]int{0, 1, 1}).Draw(t, "room")
			who := m.people[rapid.IntRange(0, []int{1, len(m.people) - 1}[at]).Draw(t, "author")]
			m.send(tb, who, m.rooms[at], body(t))
		}
	}
	return map[string]func(*rapid.T){
		"":               func(t *rapid.T) { m.checkMood(t, tb) },
		"send":           send,
		"send more":      send,
		"look back":      func(t *rapid.T) { m.checkReflection(t, tb) },
		"catch up":       func(t *rapid.T) { m.checkDigest(t, tb) },
		"let time go by": pass,
		"edit": func(t *rapid.T) {
			if s := m.pick(t, tb); s != nil {
				_, err := m.messages.Edit(ctx, s.Sender, s.Room, s.Seq, body(t))
				require.NoError(t, err)
			}
		},
		"delete": func(t *rapid.T) {
			if s := m.pick(t, tb); s != nil {
				require.NoError(t, m.messages.Delete(ctx, s.Sender, s.Room, s.Seq))
			}
		},
		"correct": func(t *rapid.T) {
			if s := m.pick(t, tb); s != nil && s.Reach != emotion.Nowhere {
				said := rapid.SampledFrom([]emotion.Correction{{Label: emotion.Sadness}, {Label: emotion.Joy, Fine: "love"}, {Label: emotion.Neutral}}).Draw(t, "said")
				_, err := m.messages.Correct(ctx, s.Sender, s.Room, s.Seq, said)
				require.NoError(t, err)
			}
		},
		"share": func(t *rapid.T) {
			share := rapid.SampledFrom([]account.ShareReadings{account.ShareEveryone, account.ShareEveryone, account.ShareSelf, account.ShareOff}).Draw(t, "share")
			m.share(tb, rapid.SampledFrom(m.people).Draw(t, "who"), share)
		},
		"switch": func(t *rapid.T) {
			to := rapid.SampledFrom([]room.Readings{room.ReadingsOn, room.ReadingsOn, room.ReadingsLocal, room.ReadingsOff}).Draw(t, "readings")
			m.switchReadings(tb, m.people[0], rapid.SampledFrom(m.rooms).Draw(t, "room"), to)
		},
		"read": func(t *rapid.T) {
			who, seq := rapid.IntRange(0, 1).Draw(t, "who"), int64(rapid.IntRange(1, 30).Draw(t, "seq"))
			require.NoError(t, m.world.rooms.MarkRead(ctx, m.people[who], rapid.SampledFrom(m.rooms).Draw(t, "room"), seq))
		},
	}
}

// What is told of many readings is what one finds by looking at each message, whatever has happened to it, to its author's consent and to
// its room in between.
func TestEverythingIsCountedAsItIsSeen(t *testing.T) {
	mood.Bound(t, "rapid.nofailfile", "true")
	mood.Bound(t, "rapid.checks", "6") // each is many steps, and a step is many statements
	testkit.EachDB(t, func(t *testing.T, db *gorm.DB) {
		w := newWorld(t, db, emotion.ModeEmbedded, nil)
		rapid.Check(t, func(r *rapid.T) {
			m := &model{world: w}
			for range 5 {
				m.people = append(m.people, w.person(t))
			}
			m.rooms = []room.ID{w.direct(t, m.people[0], m.people[1]), w.group(t, m.people...)}
			r.Repeat(m.actions(t))
		})
	})
}
