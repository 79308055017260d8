package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/internal/openai/openaitest"
	"github.com/emosation/emosation/internal/testkit"
	"github.com/google/uuid"
	"github.com/redis/rueidis"
	"github.com/stretchr/testify/require"
)

// ofMessage is the address of a message.
func ofMessage(room, seq int64, path string) string { return messages(room) + "/" + itoa(seq) + path }

// meant corrects a message of one's own and returns it.
func (p *person) meant(t testing.TB, room, seq int64, label, fine string) openapi.Message {
	t.Helper()
	said := map[string]any{"label": label}
	if fine != "" {
		said["fine"] = fine
	}
	return decoded[openapi.Message](t, p.must(t, http.MethodPut, ofMessage(room, seq, "/reading"), said))
}

// told waits for the reading of a message with a rev.
func (s *socket) told(t testing.TB, m openapi.Message) openapi.ReadingEnvelope {
	t.Helper()
	var found openapi.ReadingEnvelope
	s.wait(t, "reading", func(e envelope) bool {
		if e.Type != "reading" {
			return false
		}
		found = openapi.ReadingEnvelope{}
		return json.Unmarshal([]byte(e.raw), &found) == nil && found.Seq == m.Seq && found.Rev == m.Rev
	})
	return found
}

func TestACorrectionReachesEveryPermittedReaderOnAllNodes(t *testing.T) {
	t.Parallel()
	w := serverTown(t)
	node := w.secondNode(t)
	ann, ben, hides := w.person(t, "Ann"), w.person(t, "Ben"), w.person(t, "Cat")
	room := ann.opens(t, newRoom(4)).Id
	for _, p := range []*person{ben, hides} {
		p.joins(t, room)
		p.url = node.url
	}
	ben.must(t, http.MethodPatch, "/users/me", map[string]any{"locale": "ko"})
	hides.must(t, http.MethodPatch, "/users/me", map[string]any{"showReadings": false})
	a, b, c := ann.dial(t), ben.dial(t), hides.dial(t)
	sent := decoded[openapi.Message](t, ann.must(t, http.MethodPost, messages(room), note("you are the worst, I hate you")))
	require.Equal(t, openapi.EngineEmbedded, sent.Reading.Engine)

	said := ann.meant(t, room, sent.Seq, "joy", "amusement")
	require.Equal(t, sent.Rev+1, said.Rev)
	require.Equal(t, openapi.EngineAuthor, said.Reading.Engine)
	require.Equal(t, "The author says: amused.", said.Reading.Sentence)
	require.Equal(t, *said.Reading, *a.told(t, said).Reading)
	require.Equal(t, "재미있어하는 마음이 담겼다고 쓴 사람이 알려 줬어요.", b.told(t, said).Reading.Sentence)
	require.Nil(t, c.told(t, said).Reading)
	last := func(p *person) *openapi.Reading {
		history := p.history(t, room)
		require.Equal(t, said.Seq, history[len(history)-1].Seq)
		return history[len(history)-1].Reading
	}
	require.Equal(t, openapi.EngineAuthor, last(ben).Engine)
	require.Nil(t, last(hides))

	ann.must(t, http.MethodPatch, "/users/me", map[string]any{"shareReadings": "self"})
	said = ann.meant(t, room, sent.Seq, "surprise", "")
	require.Equal(t, openapi.LabelSurprise, a.told(t, said).Reading.Label)
	require.Nil(t, b.told(t, said).Reading)
	require.Nil(t, c.told(t, said).Reading)
	require.Nil(t, last(ben))

	ann.must(t, http.MethodPatch, "/users/me", map[string]any{"shareReadings": "everyone"})
	taken := decoded[openapi.Message](t, ann.must(t, http.MethodDelete, ofMessage(room, sent.Seq, "/reading"), nil))
	require.Equal(t, *sent.Reading, *taken.Reading, "the guess shows again")
	require.Equal(t, openapi.EngineEmbedded, b.told(t, taken).Reading.Engine)
	require.Nil(t, c.told(t, taken).Reading)

	ann.must(t, http.MethodPatch, "/users/me", map[string]any{"shareReadings": "off"})
	ann.refused(t, "emotion.off", http.MethodPut, ofMessage(room, sent.Seq, "/reading"), map[string]any{"label": "joy"})
	ann.refused(t, "emotion.off", http.MethodPost, "/emotion/preview", map[string]any{"text": "hello"})
}

// calibrated lets somebody's corrections teach, and makes some: what reads as anger is meant as a joke.
func (p *person) calibrated(t testing.TB, room int64) {
	t.Helper()
	p.must(t, http.MethodPatch, "/users/me", map[string]any{"calibrateReadings": true})
	for _, body := range []string{"I hate you for winning", "damn you are annoying", "you idiot, stop beating me", "this is so unfair"} {
		sent := decoded[openapi.Message](t, p.must(t, http.MethodPost, messages(room), note(body)))
		p.meant(t, room, sent.Seq, "joy", "")
	}
}

func TestADraftIsReadAsItWillBeWhenItIsSentAndAsItWasAfterAReset(t *testing.T) {
	t.Parallel()
	testkit.EachStack(t, func(t *testing.T, stack testkit.Stack) {
		w := newTown(t, stack, time.Now)
		ann, ben := w.person(t, "Ann"), w.person(t, "Ben")
		room := ann.opens(t, newRoom(4)).Id
		ben.joins(t, room)
		previewed := func(p *person, text string) openapi.Reading {
			alone := decoded[openapi.Preview](t, p.must(t, http.MethodPost, "/emotion/preview", map[string]any{"text": text}))
			here := decoded[openapi.Preview](t, p.must(t, http.MethodPost, "/emotion/preview", map[string]any{"text": text, "roomId": room}))
			require.Equal(t, alone.Reading, here.Reading)
			sent := decoded[openapi.Message](t, p.must(t, http.MethodPost, messages(room), note(text)))
			require.Equal(t, here.Reading, *sent.Reading)
			return here.Reading
		}
		const joke = "you are so bad at this, I hate losing"
		plain := previewed(ann, joke)
		ann.calibrated(t, room)
		require.NotEqual(t, plain, previewed(ann, joke))
		require.Equal(t, plain, previewed(ben, joke), "nobody else is read otherwise")
		kept := decoded[openapi.ReadingExport](t, ann.must(t, http.MethodGet, "/users/me/readings", nil))
		require.Equal(t, 4, kept.Calibration.Corrections)
		require.Nil(t, decoded[openapi.ReadingExport](t, ben.must(t, http.MethodGet, "/users/me/readings", nil)).Calibration)

		ann.must(t, http.MethodDelete, "/users/me/calibration", nil)
		require.Equal(t, plain, previewed(ann, joke), "the exact baseline")
		require.Nil(t, decoded[openapi.ReadingExport](t, ann.must(t, http.MethodGet, "/users/me/readings", nil)).Calibration)
	})
}

func TestADraftLeavesNoTrace(t *testing.T) {
	t.Parallel()
	testkit.EachStack(t, func(t *testing.T, stack testkit.Stack) {
		provider := openaitest.New(t)
		server := start(t, stackSettings(t, stack, "EMOSATION_LOG_LEVEL=debug", "EMOSATION_EMOTION=openai",
			"EMOSATION_OPENAI_BASE_URL="+provider.BaseURL, "EMOSATION_OPENAI_API_KEY=a-key", "EMOSATION_OPENAI_MODEL=a-model"))
		client := contractClient(t)
		ann, ben := newcomer(t, client, server.url, "Ann"), newcomer(t, client, server.url, "Ben")
		room := befriend(t, ann, ben)
		draft, message := uuid.NewString(), uuid.NewString()
		tense := 0
		for _, p := range []*person{ann, ben} {
			sent := decoded[openapi.Message](t, p.must(t, http.MethodPost, messages(room), note("so that is how it is "+message)))
			p.meant(t, room, sent.Seq, "anger", "") // whatever the provider makes of it
			for _, text := range []string{"I hate this so much, I am furious " + draft, draft, strings.Repeat(draft+"! ", 30)} {
				body := p.must(t, http.MethodPost, "/emotion/preview", map[string]any{"text": text, "roomId": room})
				if decoded[openapi.Preview](t, body).Tense {
					tense++
				}
			}
			careless := *p
			careless.http = http.DefaultClient
			careless.refused(t, "request.invalid", http.MethodPost, "/emotion/preview", map[string]any{"text": strings.Repeat(draft, 200)})
			careless.refused(t, "request.invalid", http.MethodPost, "/emotion/preview", map[string]any{"text": draft, "clientId": draft})
		}
		require.Equal(t, 1, tense, "a hint is given to the second who was angry")
		ann.must(t, http.MethodPost, messages(room), note("nobody has said how this was meant "+message))
		require.Eventually(t, func() bool { return strings.Contains(asked(provider), message) }, 30*time.Second, 10*time.Millisecond)
		ann.history(t, room)
		_, metrics := get(t, server.ops+"/metrics")
		kept := map[string]string{"SQL": allRows(t, stack), "the provider": asked(provider), "metrics": metrics}
		if stack.RedisURL != "embedded" { // whose memory is the server's own
			kept["Redis"] = allKeys(t, stack.Redis)
			require.Contains(t, kept["Redis"], message, "it keeps what was said lately")
		}
		server.stop()
		kept["the log"] = server.logged.rest()
		require.Contains(t, kept["the log"], "/api/v1/emotion/preview")
		require.Contains(t, kept["SQL"], message, "what was sent is found")
		for where, text := range kept {
			require.NotContains(t, text, draft, where)
		}
	})
}

func asked(provider *openaitest.Server) string {
	var all strings.Builder
	for _, r := range provider.Requests() {
		all.Write(r.Body)
	}
	return all.String()
}

// allRows is everything in a database.
func allRows(t *testing.T, stack testkit.Stack) string {
	t.Helper()
	tables, err := stack.DB.Migrator().GetTables()
	require.NoError(t, err)
	require.Greater(t, len(tables), 10)
	var all strings.Builder
	for _, table := range tables {
		var rows []map[string]any
		require.NoError(t, stack.DB.Table(table).Find(&rows).Error)
		for _, row := range rows {
			for _, value := range row {
				if bytes, ok := value.([]byte); ok {
					value = string(bytes)
				}
				fmt.Fprintln(&all, value)
			}
		}
	}
	return all.String()
}

// allKeys is everything in a Redis.
func allKeys(t *testing.T, client rueidis.Client) string {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	keys, err := client.Do(ctx, client.B().Keys().Pattern("*").Build()).AsStrSlice()
	require.NoError(t, err)
	var all strings.Builder
	for _, key := range keys {
		kind, err := client.Do(ctx, client.B().Type().Key(key).Build()).ToString()
		require.NoError(t, err)
		read := map[string][]string{
			"string": {"GET", key}, "hash": {"HGETALL", key}, "list": {"LRANGE", key, "0", "-1"}, "set": {"SMEMBERS", key},
			"zset": {"ZRANGE", key, "0", "-1"}, "stream": {"XRANGE", key, "-", "+"},
		}[kind]
		require.NotEmpty(t, read, kind)
		value, err := client.Do(ctx, client.B().Arbitrary(read...).Build()).ToMessage()
		require.NoError(t, err)
		all.WriteString(key + "\n")
		writeAll(&all, value)
	}
	return all.String()
}

// writeAll writes every text in an answer of Redis, however deep.
func writeAll(all *strings.Builder, value rueidis.RedisMessage) {
	if parts, err := value.ToArray(); err == nil {
		for _, part := range parts {
			writeAll(all, part)
		}
	} else if fields, err := value.ToMap(); err == nil {
		for name, field := range fields {
			all.WriteString(name + "\n")
			writeAll(all, field)
		}
	} else if text, err := value.ToString(); err == nil {
		all.WriteString(text + "\n")
	}
}
