package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/internal/openai/openaitest"
	"github.com/emosation/emosation/internal/testkit"
)

// remotely are the settings of a server that has messages read by a provider.
func remotely(provider *openaitest.Server) []string {
	return []string{"EMOSATION_EMOTION=openai", "EMOSATION_OPENAI_BASE_URL=" + provider.BaseURL, "EMOSATION_OPENAI_API_KEY=a-key",
		"EMOSATION_OPENAI_MODEL=a-model"}
}

func TestABetterReadingFollowsTheMessageForThoseWhoMaySeeIt(t *testing.T) {
	t.Parallel()
	testkit.EachStack(t, func(t *testing.T, stack testkit.Stack) {
		provider := openaitest.New(t)
		w := newTown(t, stack, time.Now, remotely(provider)...)
		ann, ben, hides := w.person(t, "Hermione"), w.person(t, "Ben"), w.person(t, "Cat")
		room := ann.opens(t, newRoom(4)).Id
		ben.joins(t, room)
		hides.joins(t, room)
		ben.must(t, http.MethodPatch, "/users/me", map[string]any{"locale": "ko"})
		hides.must(t, http.MethodPatch, "/users/me", map[string]any{"showReadings": false})
		a, b, c := ann.dial(t), ben.dial(t), hides.dial(t)

		release := make(chan struct{})
		provider.Script(func(w http.ResponseWriter, r *openaitest.Request) {
			<-release
			openaitest.Good()(w, r)
		})
		sent := decoded[openapi.Message](t, ann.must(t, http.MethodPost, messages(room), note("it is great to be here with you")))
		arrived := b.wait(t, "the message", func(e envelope) bool { return e.Type == "message" && e.Message.Seq == sent.Seq })
		require.Equal(t, openapi.EngineEmbedded, arrived.Message.Reading.Engine, "while the provider thinks")
		close(release)

		better := sent
		better.Rev++
		require.Equal(t, "This sounds glad.", a.told(t, better).Reading.Sentence)
		told := b.told(t, better).Reading
		require.Equal(t, openapi.EngineOpenai, told.Engine)
		require.Equal(t, openapi.LabelJoy, told.Label)
		require.Equal(t, "기쁜 마음이 담긴 듯해요.", told.Sentence)
		require.Equal(t, []openapi.Span{{Start: 6, End: 11}}, told.Evidence)
		require.Nil(t, c.told(t, better).Reading)
		require.Equal(t, *told, *last(t, ben, room).Reading)
		require.Nil(t, last(t, hides, room).Reading)

		request := provider.Requests()[0]
		require.False(t, request.Store)
		require.NotContains(t, string(request.Body), "Hermione")
		require.NotContains(t, string(request.Body), ann.email)

		quiet := ann.opens(t, newRoom(4)).Id
		ann.must(t, http.MethodPatch, at(quiet, ""), map[string]any{"readings": "local"})
		ann.must(t, http.MethodPost, messages(quiet), note("this stays here, thank you"))
		next := decoded[openapi.Message](t, ben.must(t, http.MethodPost, messages(room), note("ㅠㅠ")))
		next.Rev++
		require.Equal(t, openapi.LabelSadness, a.told(t, next).Reading.Label)
		require.NotContains(t, asked(provider), "stays here")

		host, err := url.Parse(provider.BaseURL)
		require.NoError(t, err)
		health := decoded[openapi.EmotionHealth](t, w.admin.must(t, http.MethodGet, "/admin/emotion", nil))
		require.EqualValues(t, "openai", health.Mode)
		remote := health.Remote
		require.Equal(t, host.Host, remote.Host)
		require.Equal(t, "a-model", remote.Model)
		require.EqualValues(t, "closed", remote.Breaker)
		require.Equal(t, 2, remote.Readings)
		require.Equal(t, 2, remote.Calls)
		require.Zero(t, remote.Fallbacks)
		require.Positive(t, remote.P50)
		require.Eventually(t, func() bool {
			_, metrics := get(t, w.ops+"/metrics")
			return strings.Contains(metrics, `emosation_analysis_messages_total{outcome="improved"} 2`)
		}, 10*time.Second, 10*time.Millisecond)
	})
}

// last is the newest message of a room.
func last(t *testing.T, p *person, room int64) openapi.Message {
	t.Helper()
	history := p.history(t, room)
	return history[len(history)-1]
}
