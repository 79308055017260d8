package openai_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/openai"
	"github.com/emosation/emosation/internal/openai/openaitest"
)

func missed(language openai.Language, texts ...string) openai.Digest {
	return openai.Digest{Messages: talk(texts...).Messages, Language: language, Payer: 1001}
}

func TestSummarizeReturnsClaimsThatCiteMessages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		claims, err := w.Summarize(t.Context(), missed(openai.Korean, "내일 볼래?", "좋아", "7시에 봐"))
		require.NoError(t, err)
		require.Equal(t, []openai.Claim{{Text: "약속을 잡느라 즐거웠던 듯해요.", Numbers: []int{11, 13}}}, claims)
		asked := w.provider.Requests()[0]
		require.Equal(t, "ko", asked.Language)
		require.Len(t, asked.Messages, 3)
		require.Equal(t, map[int64]int{1001: 1}, w.pocket.admitted)
		require.Empty(t, w.pocket.given)
	})
}

func TestADigestIsOfThoseWhoSaidMost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		d := missed(openai.English, "a1", "b1", "c1", "d1", "c2", "d2", "a2", "e1", "d3")
		for i := range d.Messages {
			d.Messages[i].Speaker = int(d.Messages[i].Text[0])
		}
		w.provider.Script(func(rw http.ResponseWriter, r *openaitest.Request) {
			require.Equal(t, 1, r.Claims)
			if strings.Contains(r.Data, "a1") {
				openaitest.Slow(time.Second)(rw, r) // the order is not that of answers
				return
			}
			openaitest.Good()(rw, r)
		})
		claims, err := w.Summarize(t.Context(), d)
		require.NoError(t, err)
		var cited [][]int
		for _, c := range claims {
			cited = append(cited, c.Numbers)
		}
		require.Equal(t, [][]int{{11, 17}, {13, 15}, {14, 19}}, cited)
		require.Equal(t, map[int64]int{1001: 3}, w.pocket.admitted)
		require.Empty(t, w.pocket.given)
	})
}

func TestADigestIsOfAsManyAsTheDayHasLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.pocket.left = 1
		claims, err := w.Summarize(t.Context(), digest("dinner?", "yes"))
		require.NoError(t, err)
		require.Equal(t, [][]int{{11, 14}}, [][]int{claims[0].Numbers})
		require.Len(t, claims, 1)
		require.Equal(t, 3, w.provider.Requests()[0].Claims)
	})
}

func TestACallThatFailsLeavesOnePersonOutOfADigest(t *testing.T) {
	for name, c := range map[string]struct {
		step  openaitest.Step
		given map[int64]int
	}{
		"busy": {openaitest.Status(500), map[int64]int{1009: 2}}, "refused": {openaitest.Refusal(), map[int64]int{}},
		"silent": {openaitest.Silent(), map[int64]int{1009: 2}}, "wrong": {openaitest.WrongSchema(), map[int64]int{}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.provider.Script(func(rw http.ResponseWriter, r *openaitest.Request) {
					if strings.Contains(r.Data, "poison") {
						c.step(rw, r)
						return
					}
					openaitest.Good()(rw, r)
				})
				claims, err := w.Summarize(t.Context(), digest("poison", "poison too"))
				require.NoError(t, err)
				require.Equal(t, []openai.Claim{{Text: "They seemed to make plans.", Numbers: []int{11, 14}}}, claims)
				require.Equal(t, map[int64]int{1009: 3}, w.pocket.admitted)
				require.Equal(t, c.given, w.pocket.given)
			})
		})
	}
}

func TestDigestsDoNotOpenTheBreaker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // whose texts fail is not known there
		w := newWorld(t)
		w.provider.Script(openaitest.Status(500))
		for range 10 {
			_, err := w.Summarize(t.Context(), digest("dinner?", "yes"))
			requireKind(t, openai.Busy, err)
		}
		require.Equal(t, openai.Closed, w.Breaker())
	})
}

func TestOneBadClaimMakesAllOfThemNone(t *testing.T) {
	claim := func(text string, cited ...int) map[string]any { return map[string]any{"text": text, "messages": cited} }
	good := "They seemed glad."
	for name, spoilt := range map[string]func(n []int) []any{
		"none":                func([]int) []any { return []any{} },
		"cites nothing":       func(n []int) []any { return []any{claim(good, n[0]), claim(good)} },
		"cites what is not":   func(n []int) []any { return []any{claim(good, n[0]), claim(good, n[1], 7)} },
		"cites by our number": func([]int) []any { return []any{claim(good, 11)} },
		"empty":               func(n []int) []any { return []any{claim("", n[0])} },
		"too long":            func(n []int) []any { return []any{claim(strings.Repeat("glad ", 30), n[0])} },
		"two lines":           func(n []int) []any { return []any{claim("They seemed\nglad.", n[0])} },
		"a link":              func(n []int) []any { return []any{claim("See evil.example", n[0])} },
		"mark-up":             func(n []int) []any { return []any{claim("They seemed **glad**.", n[0])} },
		"in another language": func(n []int) []any { return []any{claim("즐거웠던 듯해요.", n[0])} },
		"too many": func(n []int) []any {
			return []any{claim(good, n[0]), claim(good, n[0]), claim(good, n[0]), claim(good, n[0])}
		},
		"a field too many": func(n []int) []any { return []any{map[string]any{"text": good, "messages": n, "html": "x"}} },
		"of another form":  func([]int) []any { return []any{good} },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.provider.Script(openaitest.ContentOf(func(r *openaitest.Request) string {
					raw, err := json.Marshal(map[string]any{"claims": spoilt([]int{r.Messages[0].Number, r.Messages[1].Number})})
					require.NoError(t, err)
					return string(raw)
				}))
				claims, err := w.Summarize(t.Context(), missed(openai.English, "dinner?", "yes"))
				require.NoError(t, err)
				require.Empty(t, claims)
			})
		})
	}
}

func TestSummarizeFailsAsReadDoes(t *testing.T) {
	for name, c := range map[string]struct {
		step  openaitest.Step
		kind  openai.Kind
		given map[int64]int
	}{
		"busy":      {openaitest.Status(500), openai.Busy, map[int64]int{1001: 1}},
		"silent":    {openaitest.Silent(), openai.Busy, map[int64]int{1001: 1}},
		"refused":   {openaitest.Refusal(), openai.Refused, map[int64]int{}},
		"forbidden": {openaitest.Status(http.StatusForbidden), openai.Permanent, map[int64]int{1001: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.provider.Script(c.step)
				claims, err := w.Summarize(t.Context(), missed(openai.English, "dinner?", "yes"))
				requireKind(t, c.kind, err)
				require.Empty(t, claims)
				require.Equal(t, c.given, w.pocket.given)
			})
		})
	}
}

func TestADigestIsOfTheLastHundredMessages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		texts := make([]string, 130)
		texts[129] = strings.Repeat("가", 2000)
		claims, err := w.Summarize(t.Context(), missed(openai.English, texts...))
		require.NoError(t, err)
		require.Equal(t, []int{11 + 30, 11 + 129}, claims[0].Numbers)
		asked := w.provider.Requests()[0].Messages
		require.Len(t, asked, 100)
		require.Len(t, []rune(asked[99].Text), 300)
	})
}
