package openai_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/openai"
	"github.com/emosation/emosation/internal/openai/openaitest"
)

func TestReadReturnsWhatTheModelSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		c := talk("어제 고마웠어", "I miss you")
		c.Context = []openai.Line{{Speaker: 2, Text: "잘 들어갔어?"}}
		results, err := w.Read(t.Context(), c)
		require.NoError(t, err)
		joy := emotion.Reading{
			Label: emotion.Joy, Confidence: 0.9, Intensity: 0.6, Valence: 0.8, Labels: []emotion.Label{emotion.Joy},
			Scores: [7]float64{3: 0.9}, Evidence: []emotion.Span{{Start: 3, End: 5}}, Engine: emotion.RemoteEngine, Version: model,
			Said: emotion.Said{Korean: "기쁜 마음이 담긴 듯해요.", English: "This sounds glad."},
		}
		require.Equal(t, openai.Result{Number: 11, Reading: joy}, results[0])
		require.Equal(t, 12, results[1].Number)
		require.Nil(t, results[1].Err)
		require.Equal(t, emotion.Sadness, results[1].Reading.Label)
		require.Equal(t, []emotion.Span{{Start: 2, End: 6}}, results[1].Reading.Evidence)

		asked := w.provider.Requests()[0]
		require.Equal(t, model, asked.Model)
		require.Equal(t, []openaitest.Line{{Speaker: 2, Feeling: "unclear", Asks: true, Length: "words"}}, asked.Context)
		require.Len(t, asked.Messages, 2)
		require.Equal(t, "어제 고마웠어", asked.Messages[0].Text)
		require.Equal(t, "I miss you", asked.Messages[1].Text)
		require.Equal(t, "Bearer sk-secret", asked.Header.Get("Authorization"))
	})
}

func TestNothingButTextsLeavesTheServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		_, err := w.Read(t.Context(), talk("hi", "hello"))
		require.NoError(t, err)
		_, err = w.Summarize(t.Context(), openai.Digest{Messages: []openai.Line{{Number: 7, Speaker: 1, Text: "hi"}}, Language: openai.English, Payer: 1001})
		require.NoError(t, err)
		require.Len(t, w.provider.Requests(), 2)
		for _, asked := range w.provider.Requests() {
			require.False(t, asked.Store, "nothing is to be kept")
			require.Contains(t, string(asked.Body), `"store":false`)
			require.NotContains(t, string(asked.Body), "1001", "who pays stays here")
			require.NotContains(t, string(asked.Body), `"user":`)
			for name := range asked.Header {
				require.NotContains(t, []string{"X-Stainless-Os", "X-Stainless-Arch", "X-Stainless-Runtime", "Cookie"}, name)
			}
		}
	})
}

func TestContextIsTheLastSixLinesAndShort(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		c := talk("hi")
		for range 9 {
			c.Context = append(c.Context, openai.Line{Speaker: 1, Text: "old"})
		}
		c.Context[8].Text = string(make([]rune, 3000))
		_, err := w.Read(t.Context(), c)
		require.NoError(t, err)
		before := w.provider.Requests()[0].Context
		require.Len(t, before, openai.MaxContext)
		require.Len(t, []rune(before[5].Text), 300)
	})
}

func TestLongMessagesAreSpreadOverCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		texts := slices.Repeat([]string{strings.Repeat("가", 900)}, 12) // of which eight fit into a call
		texts[1] = "좋아"
		results, err := w.Read(t.Context(), talk(texts...))
		require.NoError(t, err)
		calls := w.provider.Requests()
		require.Len(t, calls, 2)
		require.Len(t, calls[1].Context, openai.MaxContext, "what was said before is context now")
		require.Len(t, []rune(calls[1].Context[0].Text), 300)
		for i, r := range results {
			require.Equal(t, 11+i, r.Number)
			require.Nil(t, r.Err)
		}
		require.Equal(t, emotion.Joy, results[1].Reading.Label)
	})
}

func TestCallsAtTheSameTimeDoNotMix(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		texts := []string{"고마워", "I miss you", "ok", "좋아", "so sad", "great"}
		labels := []emotion.Label{emotion.Joy, emotion.Sadness, emotion.Neutral, emotion.Joy, emotion.Sadness, emotion.Joy}
		var readers sync.WaitGroup
		for range 8 {
			readers.Go(func() {
				results, err := w.Read(t.Context(), chat(texts...))
				if err != nil {
					t.Error(err)
					return
				}
				for i, r := range results {
					assert.Nil(t, r.Err)
					assert.Equal(t, labels[i], r.Reading.Label)
				}
			})
		}
		readers.Wait()
		require.Len(t, w.provider.Requests(), 8*len(texts), "none had to be asked again")
	})
}

func TestRetriesOnlyWhereTheErrorSaysSo(t *testing.T) {
	none, second := time.Duration(0), time.Second
	later := func() string { return time.Now().Add(4 * second).UTC().Format(http.TimeFormat) }
	for name, c := range map[string]struct {
		script      func() []openaitest.Step
		calls       int
		kind        openai.Kind // empty: it works in the end
		status      int
		least, most time.Duration // that it takes
		after       time.Duration // that it says
	}{
		"too many, soon": {steps(openaitest.TooMany("3"), openaitest.Good()), 2, "", 0, 3 * second, 4 * second, 0},
		"too many, at a time": {func() []openaitest.Step { return []openaitest.Step{openaitest.TooMany(later()), openaitest.Good()} },
			2, "", 0, 3 * second, 5 * second, 0},
		"too many, in milliseconds": {steps(openaitest.Status(429, "Retry-After-Ms", "1500"), openaitest.Good()), 2, "", 0, 1500 * time.Millisecond, 2 * second, 0},
		"too many, later":           {steps(openaitest.TooMany("60")), 1, openai.Busy, 429, none, none, time.Minute},
		"too many, a bit later":     {steps(openaitest.TooMany("15")), 1, openai.Busy, 429, none, none, 15 * second},
		"too many, absurd":          {steps(openaitest.TooMany("1e300")), 1, openai.Busy, 429, none, none, time.Hour},
		"too many, nonsense":        {steps(openaitest.TooMany("NaN"), openaitest.TooMany("-5"), openaitest.TooMany("soon")), 3, openai.Busy, 429, none, 2 * second, 15 * second},
		"no money":                  {steps(openaitest.Failure(429, "insufficient_quota")), 1, openai.Permanent, 429, none, none, 0},
		"500 once":                  {steps(openaitest.Status(500), openaitest.Good()), 2, "", 0, none, second, 0},
		"500 always":                {steps(openaitest.Status(500)), 3, openai.Busy, 500, none, 2 * second, 15 * second},
		"503 of a proxy":            {steps(openaitest.Page(503)), 3, openai.Busy, 503, none, 2 * second, 15 * second},
		"400":                       {steps(openaitest.Status(400)), 1, openai.Permanent, 400, none, none, 0},
		"401":                       {steps(openaitest.Status(401)), 1, openai.Permanent, 401, none, none, 0},
		"403":                       {steps(openaitest.Status(403)), 1, openai.Permanent, 403, none, none, 0},
		"404":                       {steps(openaitest.Page(404)), 1, openai.Permanent, 404, none, none, 0},
		"filtered":                  {steps(openaitest.Failure(400, "content_filter")), 1, openai.Refused, 400, none, none, 0},
		"redirect":                  {steps(openaitest.Redirect(307, "http://elsewhere.invalid/v1")), 1, openai.Permanent, 307, none, none, 0},
		"refusal":                   {steps(openaitest.Refusal()), 1, openai.Refused, 200, none, none, 0},
		"silent":                    {steps(openaitest.Silent()), 3, openai.Busy, 0, 24 * second, 26 * second, 15 * second},
		"silent once":               {steps(openaitest.Silent(), openaitest.Good()), 2, "", 0, 8 * second, 9 * second, 0},
		"slow":                      {steps(openaitest.Slow(7 * second)), 1, "", 0, 7 * second, 7 * second, 0},
		"slow bytes":                {steps(openaitest.SlowBytes(7, second)), 1, "", 0, 7 * second, 7 * second, 0},
		"too slow bytes":            {steps(openaitest.SlowBytes(20, second)), 3, openai.Busy, 200, 24 * second, 26 * second, 15 * second},
		"dribbles, then hangs":      {steps(openaitest.Dribble(5, 100*time.Millisecond)), 3, openai.Busy, 200, 24 * second, 26 * second, 15 * second},
		"reset":                     {steps(openaitest.Reset(false)), 3, openai.Busy, 0, none, 2 * second, 15 * second},
		"reset midway, once":        {steps(openaitest.Reset(true), openaitest.Good()), 2, "", 0, none, second, 0},
		"no JSON":                   {steps(openaitest.NotJSON()), 2, openai.Invalid, 200, none, none, 0},
		"a page":                    {steps(openaitest.Page(200)), 2, openai.Invalid, 200, none, none, 0},
		"wrong schema":              {steps(openaitest.WrongSchema()), 2, openai.Invalid, 200, none, none, 0},
		"wrong schema once":         {steps(openaitest.WrongSchema(), openaitest.Good()), 2, "", 0, none, none, 0},
		"wrong, then busy":          {steps(openaitest.WrongSchema(), openaitest.Status(500), openaitest.WrongSchema()), 3, openai.Invalid, 200, none, 2 * second, 0},
		"cut off":                   {steps(openaitest.Truncated()), 2, openai.Invalid, 200, none, none, 0},
		"without end":               {steps(openaitest.Huge()), 2, openai.Invalid, 200, none, none, 0},
		"busy, then forbidden":      {steps(openaitest.Status(500), openaitest.Status(403)), 2, openai.Permanent, 403, none, second, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.provider.Script(c.script()...)
				begin := time.Now()
				_, err := w.Read(t.Context(), talk("hi"))
				took := time.Since(begin)
				require.Len(t, w.provider.Requests(), c.calls)
				if c.kind == "" {
					require.NoError(t, err)
				} else {
					failure := requireFailure(t, c.kind, err)
					require.Equal(t, c.status, failure.Status)
					require.Equal(t, c.after, failure.After)
				}
				require.GreaterOrEqual(t, took, c.least)
				require.LessOrEqual(t, took, c.most)
				require.Len(t, w.pocket.usage, c.calls, "every call is accounted for")
			})
		})
	}
}

// pass lets time go by.
func pass(d time.Duration) { <-time.After(d) }

func steps(all ...openaitest.Step) func() []openaitest.Step {
	return func() []openaitest.Step { return all }
}

func TestWhatACallMayHaveCostStaysSpent(t *testing.T) {
	for name, c := range map[string]struct {
		step openaitest.Step
		want openai.Usage
	}{
		"good":              {taking(70, 30), openai.Usage{Input: 70, Output: 30, Readings: 1}},
		"good, not counted": {taking(0, 0), openai.Usage{Unknown: true, Readings: 1}},
		"negative":          {taking(-70, 300), openai.Usage{Unknown: true, Readings: 1}},
		"refused":           {openaitest.Refusal(), openai.Usage{Input: 100, Output: 10, Failed: true}},
		"wrong":             {openaitest.WrongSchema(), openai.Usage{Input: 100, Output: 50, Failed: true}},
		"not accepted":      {openaitest.Status(400), openai.Usage{Failed: true}},
		"busy":              {openaitest.Status(500), openai.Usage{Failed: true}},
		"silent":            {openaitest.Silent(), openai.Usage{Unknown: true, Failed: true}},
		"broken off":        {openaitest.Reset(true), openai.Usage{Unknown: true, Failed: true}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.provider.Script(c.step)
				_, _ = w.Read(t.Context(), talk("hi"))
				require.Equal(t, c.want, w.pocket.usage[0])
			})
		})
	}
}

// taking is a good answer that says it took so many tokens.
func taking(input, output int) openaitest.Step {
	return func(w http.ResponseWriter, r *openaitest.Request) {
		content := openaitest.Readings(r.Messages, openaitest.Read)
		openaitest.Completed(openaitest.Completion{Content: content, Input: input, Output: output})(w, r)
	}
}

func TestNobodyListeningCostsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &pocket{}
		cfg := openai.Config{BaseURL: "http://127.0.0.1:1/v1", Model: model} // nobody listens at this port
		engine, err := openai.New(cfg, p, openai.NewMetrics(prometheus.NewRegistry()), time.Now)
		require.NoError(t, err)
		_, err = engine.Read(t.Context(), talk("hi"))
		requireKind(t, openai.Busy, err)
		require.Equal(t, []openai.Usage{{Failed: true}, {Failed: true}, {Failed: true}}, p.usage)
	})
}

func TestMoreIsSetAsideThanACallCanTake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		_, err := w.Read(t.Context(), talk("hi", "안녕하세요"))
		require.NoError(t, err)
		asked := w.provider.Requests()[0]
		require.GreaterOrEqual(t, w.pocket.input[0], int64(len(asked.Prompt)+len(asked.Data)), "a token has a byte at least")
		require.EqualValues(t, asked.MaxTokens, w.pocket.output[0])
	})
}

func TestFiveFailuresInARowOpenTheBreaker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.provider.Script(openaitest.Status(500))
		require.Equal(t, openai.Closed, w.Breaker())
		for _, who := range []int64{1001, 1002} {
			_, err := w.Read(t.Context(), paidBy(who))
			requireKind(t, openai.Busy, err)
		}
		require.Equal(t, openai.Open, w.Breaker())
		require.Len(t, w.provider.Requests(), 5)

		pass(10 * time.Second)
		_, err := w.Read(t.Context(), talk("hi"))
		failure := requireFailure(t, openai.Busy, err)
		require.InDelta(t, 20, failure.After.Seconds(), 1, "what is left of the half minute")
		require.Len(t, w.provider.Requests(), 5, "it is left alone")

		pass(failure.After + 1)
		require.Equal(t, openai.HalfOpen, w.Breaker())
		_, err = w.Read(t.Context(), talk("hi"))
		requireKind(t, openai.Busy, err)
		require.Equal(t, openai.Open, w.Breaker())
		require.Len(t, w.provider.Requests(), 6, "one attempt is enough to see")

		w.provider.Script(openaitest.Good())
		pass(30*time.Second + 1)
		_, err = w.Read(t.Context(), talk("hi"))
		require.NoError(t, err)
		require.Equal(t, openai.Closed, w.Breaker())
	})
}

func TestOneCallAtATimeTriesWhetherAProviderIsWell(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.provider.Script(openaitest.Status(500))
		for _, who := range []int64{1001, 1002} {
			_, err := w.Read(t.Context(), paidBy(who))
			require.Error(t, err)
		}
		pass(31 * time.Second)
		w.provider.Script(openaitest.Slow(5 * time.Second))
		errs := make(chan error)
		for range 4 {
			go func() {
				_, err := w.Read(t.Context(), talk("hi"))
				errs <- err
			}()
		}
		failed := 0
		for range 4 {
			if err := <-errs; err != nil {
				requireKind(t, openai.Busy, err)
				failed++
			}
		}
		require.Equal(t, 3, failed)
		require.Len(t, w.provider.Requests(), 6)
	})
}

func TestWhatIsNotTheProvidersFaultDoesNotOpenTheBreaker(t *testing.T) {
	for name, step := range map[string]openaitest.Step{
		"not accepted":  openaitest.Status(400),
		"refused":       openaitest.Refusal(),
		"filtered":      openaitest.Failure(400, "content_filter"),
		"talked around": openaitest.WrongSchema(),
		"cut off":       openaitest.Truncated(),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.provider.Script(step)
				for who := range int64(10) {
					_, err := w.Read(t.Context(), paidBy(1001+who))
					require.Error(t, err)
				}
				require.Equal(t, openai.Closed, w.Breaker())
			})
		})
	}
	t.Run("callers who go away", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t)
			w.provider.Script(openaitest.Silent())
			for range 10 {
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				_, err := w.Read(ctx, talk("hi"))
				cancel()
				require.ErrorIs(t, err, context.DeadlineExceeded)
			}
			require.Equal(t, openai.Closed, w.Breaker())
			require.Equal(t, map[int64]int{1001: 10}, w.pocket.given, "they get their messages back")
		})
	})
}

func TestAProviderThatHangsForTenMinutesLeavesNothingBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // the bubble fails the test if a goroutine stays
		w := newWorld(t)
		w.provider.Script(openaitest.Silent())
		for begin := time.Now(); time.Since(begin) < 10*time.Minute; {
			_, err := w.Read(t.Context(), chat("hi", "hello"))
			pass(requireFailure(t, openai.Busy, err).After)
		}
		require.Less(t, len(w.provider.Requests()), 30)
	})
}

func TestAuthorsGetBackWhatWasNotRead(t *testing.T) {
	for name, c := range map[string]struct {
		step  openaitest.Step
		given map[int64]int
	}{
		"read":    {openaitest.Good(), map[int64]int{}},
		"refused": {openaitest.Refusal(), map[int64]int{}},
		"busy":    {openaitest.Status(503), map[int64]int{1001: 1, 1002: 1}},
		"no key":  {openaitest.Status(401), map[int64]int{1001: 1, 1002: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.provider.Script(c.step)
				_, _ = w.Read(t.Context(), chat("hi", "hello"))
				require.Equal(t, map[int64]int{1001: 1, 1002: 1}, w.pocket.admitted)
				require.Equal(t, c.given, w.pocket.given)
			})
		})
	}
}

func TestMistakesOfTheCallerAreErrors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		twice, unpaid, many := talk("a", "b"), talk("a"), talk(make([]string, openai.MaxMessages+1)...)
		twice.Messages[1].Number = twice.Messages[0].Number
		unpaid.Payers = nil
		for _, c := range []openai.Conversation{{}, twice, unpaid, many} {
			_, err := w.Read(t.Context(), c)
			require.Error(t, err)
		}
		_, err := w.Summarize(t.Context(), openai.Digest{Messages: talk("a").Messages, Language: "fr"})
		require.Error(t, err)
		require.Empty(t, w.provider.Requests())
	})
}

func TestLatencyIsOfTheLastCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		require.Zero(t, w.Latency())
		for i := range 20 {
			w.provider.Script(openaitest.Slow(time.Duration(i%4+1) * time.Second))
			_, err := w.Read(t.Context(), talk("hi"))
			require.NoError(t, err)
		}
		require.Equal(t, openai.Latency{P50: 2 * time.Second, P95: 4 * time.Second}, w.Latency())
	})
}

func TestOverSockets(t *testing.T) {
	provider, elsewhere := openaitest.New(t), openaitest.New(t)
	cfg := openai.Config{BaseURL: provider.BaseURL, Model: model}
	engine, err := openai.New(cfg, &pocket{}, openai.NewMetrics(prometheus.NewRegistry()), time.Now)
	require.NoError(t, err)
	t.Cleanup(engine.Close)

	provider.Script(openaitest.Reset(true), openaitest.Good())
	results, err := engine.Read(t.Context(), talk("고마워"))
	require.NoError(t, err)
	require.Equal(t, emotion.Joy, results[0].Reading.Label)
	require.Len(t, provider.Requests(), 2)

	provider.Script(openaitest.Redirect(http.StatusTemporaryRedirect, elsewhere.BaseURL+"/chat/completions"))
	_, err = engine.Read(t.Context(), talk("비밀"))
	requireKind(t, openai.Permanent, err)
	require.Empty(t, elsewhere.Requests(), "people were told of one host alone")

	provider.Script(openaitest.Huge())
	_, err = engine.Read(t.Context(), talk("hi"))
	requireKind(t, openai.Invalid, err)
}
