package mood_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/message"
	"github.com/emosation/emosation/internal/mood"
	"github.com/emosation/emosation/internal/openai"
	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/testkit"
)

// remote is an engine that remembers what it was asked.
type remote struct {
	asked     []openai.Digest
	answer    []openai.Claim
	err       error
	meanwhile func() // while it thinks
}

func (r *remote) Summarize(_ context.Context, d openai.Digest) ([]openai.Claim, error) {
	r.asked = append(r.asked, d)
	if r.meanwhile != nil {
		r.meanwhile()
	}
	return r.answer, r.err
}

func (r *remote) texts() (all []string) {
	for _, d := range r.asked {
		for _, l := range d.Messages {
			all = append(all, l.Text)
		}
	}
	return all
}

// heard is a group room in which three others spoke to Ann, who has read nothing of it.
type heard struct {
	*world
	remote         *remote
	ann, ben, carl account.ID
	room           room.ID
	seqs           []int64 // ben, ben, carl
}

func hear(t *testing.T, operator emotion.Mode) *heard {
	t.Helper()
	h := &heard{remote: &remote{answer: []openai.Claim{{Text: "All are glad.", Numbers: []int{1, 3}}}}}
	h.world = newWorld(t, testkit.SQLite(t), operator, h.remote)
	h.ann, h.ben, h.carl = h.person(t), h.person(t), h.person(t)
	h.room = h.group(t, h.ben, h.ann, h.carl)
	h.seqs = append(h.send(t, h.ben, h.room, "joy 0.7", "anger 0.6"), h.send(t, h.carl, h.room, "joy 0.9")...)
	return h
}

func (h *heard) missed(t *testing.T) mood.Digest {
	t.Helper()
	d, err := h.mood.Missed(t.Context(), h.user(t, h.ann), h.room, nil)
	require.NoError(t, err)
	return d
}

func TestADigestLeadsToItsMessages(t *testing.T) {
	h := hear(t, emotion.ModeOpenAI)
	h.send(t, h.carl, h.room, "joy 0.3 unclear")
	silent := h.person(t)
	_, _, err := h.rooms.Join(t.Context(), silent, h.room, room.Entry{})
	require.NoError(t, err)
	h.share(t, silent, account.ShareSelf)
	last := h.send(t, silent, h.room, "sadness 0.9")[0]
	require.Equal(t, mood.Digest{
		Unread: 5, From: h.seqs[0], To: last, Unclear: 1, Without: 1,
		Groups:   []mood.Group{{Label: emotion.Joy, Count: 2, Seqs: []int64{h.seqs[2], h.seqs[0]}}, {Label: emotion.Anger, Count: 1, Seqs: h.seqs[1:2]}},
		Sentence: []mood.Claim{{Text: "All are glad.", Seqs: []int64{h.seqs[0], h.seqs[2]}}},
	}, h.missed(t))
	require.Equal(t, []openai.Digest{{
		Messages: []openai.Line{
			{Number: 1, Speaker: 1, Text: "joy 0.7"}, {Number: 2, Speaker: 1, Text: "anger 0.6"}, {Number: 3, Speaker: 2, Text: "joy 0.9"},
			{Number: 4, Speaker: 2, Text: "joy 0.3 unclear"},
		}, Language: openai.Korean, Payer: int64(h.ann),
	}}, h.remote.asked)
}

func TestADigestOfManyIsAboutTheLatest(t *testing.T) {
	h := hear(t, emotion.ModeOpenAI)
	const messages = mood.MaxMissed + 20
	sent := make(chan int64, messages)
	for n := range messages { // without waiting for each
		h.messages.SendAsync(t.Context(), h.ben, h.room, message.Draft{ClientID: fmt.Sprintf("00000000-0000-4000-8000-%012d", n), Body: "joy 0.5"},
			func(s message.Sent, _ error) { sent <- s.Message.Seq })
	}
	seqs := make([]int64, messages)
	for i := range seqs {
		seqs[i] = <-sent
	}
	d := h.missed(t)
	require.Equal(t, mood.MaxMissed, d.Unread)
	require.Equal(t, []int64{seqs[20], seqs[len(seqs)-1]}, []int64{d.From, d.To})
	require.Equal(t, mood.MaxMissed, d.Groups[0].Count)
	require.Len(t, d.Groups[0].Seqs, mood.MaxShown)
	require.Len(t, h.remote.asked[0].Messages, 50, "a sentence is not made of all of them")

	require.NoError(t, h.rooms.MarkRead(t.Context(), h.ann, h.room, seqs[len(seqs)-1]))
	h.send(t, h.ann, h.room, "joy 0.9")
	require.Equal(t, mood.Digest{}, h.missed(t), "there is nothing that they missed")
	require.Len(t, h.remote.asked, 1, "and so nothing to tell")

	d, err := h.mood.Missed(t.Context(), h.user(t, h.ann), h.room, &seqs[len(seqs)-3])
	require.NoError(t, err)
	require.Equal(t, []int64{2, seqs[len(seqs)-2], seqs[len(seqs)-1]}, []int64{int64(d.Unread), d.From, d.To}, "they had read no further when they came")
}

func TestADigestAfterAMessageDoesNotMindWhatWasRead(t *testing.T) {
	h := hear(t, emotion.ModeEmbedded)
	require.NoError(t, h.rooms.MarkRead(t.Context(), h.ann, h.room, h.seqs[2]))
	require.Zero(t, h.missed(t).Unread)
	d, err := h.mood.Missed(t.Context(), h.user(t, h.ann), h.room, &h.seqs[0])
	require.NoError(t, err)
	require.Equal(t, []int64{2, h.seqs[1], h.seqs[2]}, []int64{int64(d.Unread), d.From, d.To})
}

// No text leaves the server against anybody's will.
func TestASentenceNeedsLeaveOfAll(t *testing.T) {
	for name, c := range map[string]struct {
		operator emotion.Mode
		change   func(t *testing.T, h *heard)
		sent     []string
	}{
		"all allow it":     {emotion.ModeOpenAI, func(*testing.T, *heard) {}, []string{"joy 0.7", "anger 0.6", "joy 0.9"}},
		"operator":         {emotion.ModeEmbedded, func(*testing.T, *heard) {}, nil},
		"room":             {emotion.ModeOpenAI, func(t *testing.T, h *heard) { h.switchReadings(t, h.ben, h.room, room.ReadingsLocal) }, nil},
		"author, for self": {emotion.ModeOpenAI, func(t *testing.T, h *heard) { h.share(t, h.ben, account.ShareSelf) }, []string{"joy 0.9"}},
		"author, off":      {emotion.ModeOpenAI, func(t *testing.T, h *heard) { h.share(t, h.carl, account.ShareOff) }, []string{"joy 0.7", "anger 0.6"}},
		"deleted": {emotion.ModeOpenAI, func(t *testing.T, h *heard) {
			require.NoError(t, h.messages.Delete(t.Context(), h.carl, h.room, h.seqs[2]))
		}, []string{"joy 0.7", "anger 0.6"}},
	} {
		t.Run(name, func(t *testing.T) {
			h := hear(t, c.operator)
			h.remote.answer = []openai.Claim{{Text: "Something.", Numbers: []int{1}}}
			c.change(t, h)
			d := h.missed(t)
			require.Equal(t, c.sent, h.remote.texts())
			require.Equal(t, len(c.sent) > 0, d.Sentence != nil)
		})
	}
}

func TestASentenceThatTookTooLongIsDropped(t *testing.T) {
	body := "neutral 0.9"
	for name, c := range map[string]struct {
		change func(t *testing.T, h *heard)
		err    error
		kept   bool
	}{
		"nothing happened": {change: func(*testing.T, *heard) {}, kept: true},
		"somebody went on": {change: func(t *testing.T, h *heard) { h.send(t, h.ben, h.room, body) }, kept: true},
		"edited": {change: func(t *testing.T, h *heard) {
			_, err := h.messages.Edit(t.Context(), h.ben, h.room, h.seqs[1], body)
			require.NoError(t, err)
		}},
		"deleted": {change: func(t *testing.T, h *heard) {
			require.NoError(t, h.messages.Delete(t.Context(), h.ben, h.room, h.seqs[1]))
		}},
		"withdrawn": {change: func(t *testing.T, h *heard) { h.share(t, h.ben, account.ShareSelf) }},
		"kept here": {change: func(t *testing.T, h *heard) { h.switchReadings(t, h.ben, h.room, room.ReadingsLocal) }},
		"room off":  {change: func(t *testing.T, h *heard) { h.switchReadings(t, h.ben, h.room, room.ReadingsOff) }, err: emotion.ErrOff},
		"reader out": {change: func(t *testing.T, h *heard) {
			require.NoError(t, h.rooms.Kick(t.Context(), h.ben, h.room, h.ann))
		}, err: room.ErrNotFound},
	} {
		t.Run(name, func(t *testing.T) {
			h := hear(t, emotion.ModeOpenAI)
			h.remote.meanwhile = func() { c.change(t, h) }
			d, err := h.mood.Missed(t.Context(), h.user(t, h.ann), h.room, nil)
			require.ErrorIs(t, err, c.err)
			require.Equal(t, c.kept, d.Sentence != nil)
			require.Len(t, h.remote.asked, 1)
		})
	}
}

func TestASentenceCitesWhatItWasMadeOfOrIsNone(t *testing.T) {
	for name, claims := range map[string][]openai.Claim{
		"none":               nil,
		"no messages":        {{Text: "All are glad.", Numbers: []int{1}}, {Text: "Trust me."}},
		"one that was not":   {{Text: "All are glad.", Numbers: []int{1, 4}}},
		"one before":         {{Text: "All are glad.", Numbers: []int{0}}},
		"nothing is claimed": {{Numbers: []int{1}}},
	} {
		t.Run(name, func(t *testing.T) {
			h := hear(t, emotion.ModeOpenAI)
			h.remote.answer = claims
			d := h.missed(t)
			require.Nil(t, d.Sentence)
			require.Equal(t, 3, d.Unread)
		})
	}
}

func TestADigestIsWholeWithoutTheRemoteEngine(t *testing.T) {
	h := hear(t, emotion.ModeOpenAI)
	h.remote.err = errors.New("out of order")
	d := h.missed(t)
	require.Nil(t, d.Sentence)
	require.Equal(t, 2, slices.MaxFunc(d.Groups, func(a, b mood.Group) int { return a.Count - b.Count }).Count)
}
