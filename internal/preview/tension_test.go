package preview

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/message"
)

// thread is a conversation of our own, as a list of messages a few seconds apart.
type thread struct {
	title    string
	tense    bool
	messages []message.Message
}

var morning = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

func threads(t *testing.T) (all []thread) {
	t.Helper()
	engine, err := emotion.NewEmbedded()
	require.NoError(t, err)
	text, err := os.ReadFile("testdata/threads.txt")
	require.NoError(t, err)
	for block := range strings.SplitSeq(strings.TrimSpace(string(text)), "\n\n") {
		lines := strings.Split(block, "\n")
		th := thread{title: lines[0], tense: strings.HasPrefix(lines[0], "# tense")}
		for i, line := range lines[1:] {
			name, body, ok := strings.Cut(line, ": ")
			require.True(t, ok, line)
			r := engine.ReadAs(body, nil)
			th.messages = append(th.messages, message.Message{
				Sender: account.ID(name[0]), Body: body, SentAt: morning.Add(time.Duration(i) * 20 * time.Second), Reading: &r, Share: account.ShareEveryone,
			})
		}
		all = append(all, th)
	}
	return all
}

// hintAt tells whether the author of a thread's message would have been given a hint while drafting it.
func (th thread) hintAt(i int) bool {
	draft := th.messages[i]
	return hot(*draft.Reading) && tense(th.messages[max(0, i-lastMessages):i], draft.Sender, draft.SentAt)
}

func TestQuarrelsAreNoticedAndCalmTalkIsLeftAlone(t *testing.T) {
	drafts, alarms, quarrels, noticed := 0, 0, 0, 0
	for _, th := range threads(t) {
		var hints []string
		for i := range th.messages {
			if th.hintAt(i) {
				hints = append(hints, th.messages[i].Body)
			}
		}
		if th.tense {
			quarrels++
			if len(hints) > 0 {
				noticed++
			} else {
				t.Logf("missed: %s", th.title)
			}
			continue
		}
		drafts += len(th.messages)
		alarms += len(hints)
		if len(hints) > 0 {
			t.Logf("false alarm: %s %q", th.title, hints)
		}
	}
	t.Logf("%d false alarms at %d drafts, %d of %d quarrels noticed", alarms, drafts, noticed, quarrels)
	require.Greater(t, drafts, 100)
	require.LessOrEqual(t, float64(alarms)/float64(drafts), 0.01, "at most one calm draft in a hundred")
	require.GreaterOrEqual(t, float64(noticed)/float64(quarrels), 0.6)
}

func TestAQuarrelIsBetweenPeopleAndNow(t *testing.T) {
	const me, you = account.ID(1), account.ID(2)
	said := func(sender account.ID, label emotion.Label, confidence float64) message.Message {
		r := emotion.Reading{Label: label, Confidence: confidence}
		return message.Message{Sender: sender, SentAt: morning, Reading: &r, Share: account.ShareEveryone}
	}
	angry, disgusted := said(you, emotion.Anger, 0.8), said(me, emotion.Disgust, 0.8)
	unsure, sad, unread, hidden, unclear := said(you, emotion.Anger, 0.49), said(you, emotion.Sadness, 0.9), angry, angry, said(you, emotion.Anger, 0.8)
	unread.Reading, hidden.Share, unclear.Reading.Unclear = nil, account.ShareSelf, true
	own := disgusted
	own.Share = account.ShareSelf
	for name, c := range map[string]struct {
		latest []message.Message
		after  time.Duration
		want   bool
	}{
		"between two":            {[]message.Message{angry, sad, disgusted}, 0, true},
		"by the other alone":     {[]message.Message{angry, angry}, lately, true},
		"my own that only I see": {[]message.Message{angry, own}, 0, true},
		"long ago":               {[]message.Message{angry, disgusted}, lately + time.Second, false},
		"by myself alone":        {[]message.Message{disgusted, disgusted, disgusted}, 0, false},
		"only once":              {[]message.Message{angry, sad}, 0, false},
		"perhaps":                {[]message.Message{angry, unsure, unclear}, 0, false},
		"what I may not see":     {[]message.Message{angry, hidden, unread}, 0, false},
		"nothing":                {nil, 0, false},
	} {
		require.Equal(t, c.want, tense(c.latest, me, morning.Add(c.after)), name)
	}
	require.False(t, slices.ContainsFunc([]emotion.Reading{*unsure.Reading, *sad.Reading, *unclear.Reading}, hot))
}
