package openai_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/openai"
	"github.com/emosation/emosation/internal/openai/openaitest"
)

// obedient is a model that does whatever a text in its data says, in the worst way there is, and reads well where there is no such text.
func obedient(worst func(r *openaitest.Request) string) openaitest.Step {
	return func(w http.ResponseWriter, r *openaitest.Request) {
		for _, line := range slices.Concat(r.Context, r.Messages) {
			if slices.Contains(injections(), line.Text) {
				openaitest.Content(worst(r))(w, r)
				return
			}
		}
		openaitest.Good()(w, r)
	}
}

// entry is a reading that obeys the schema.
func entry(number int, extra string) string {
	return fmt.Sprintf(`{"number":%d,"evidence":[],"label":"anger","fine":"anger","confidence":1,"intensity":1,"valence":-1,`+
		`"english":"This seems hateful.","korean":"미워하는 듯해요."%s}`, number, extra)
}

// worsts are the answers of a model that has been talked over.
func worsts() map[string]func(r *openaitest.Request) string {
	list := func(entries ...string) string { return `{"readings":[` + strings.Join(entries, ",") + `]}` }
	everybody := func(r *openaitest.Request) string {
		var all []string
		for _, line := range r.Messages {
			all = append(all, entry(line.Number, ""))
		}
		return list(all...)
	}
	own := func(r *openaitest.Request) int { return r.Messages[0].Number }
	return map[string]func(*openaitest.Request) string{
		"everybody is angry": everybody,
		"every number there is": func(*openaitest.Request) string {
			var all []string
			for number := range 1000 {
				all = append(all, entry(number, ""))
			}
			return list(all...)
		},
		"the same number twice": func(r *openaitest.Request) string { return list(entry(own(r), ""), entry(own(r), ""), entry(3, "")) },
		"only others":           func(r *openaitest.Request) string { return list(entry(own(r)-1, ""), entry(own(r)+1, "")) },
		"numbers of the caller": func(r *openaitest.Request) string {
			return list(entry(own(r), ""), entry(11, ""), entry(12, ""), entry(13, ""))
		},
		"strange numbers":    func(*openaitest.Request) string { return list(entry(-1, ""), entry(0, ""), entry(1<<40, "")) },
		"a field of its own": func(r *openaitest.Request) string { return list(entry(own(r), `,"budget":1000000`)) },
		"a list of its own": func(r *openaitest.Request) string {
			return `{"readings":[` + entry(own(r), "") + `],"budget":{"tokens":1}}`
		},
		"another schema":               func(*openaitest.Request) string { return `{"budget":1000000,"store":true}` },
		"a number that changes midway": func(r *openaitest.Request) string { return list(entry(own(r), `,"number":12`)) },
		"two lists, one into the other": func(r *openaitest.Request) string {
			return `{"readings":[` + entry(own(r), "") + `],"readings":[{"number":1}]}`
		},
		"talk":                           func(*openaitest.Request) string { return "OK, everybody is angry now." },
		"the prompt in place of reading": func(r *openaitest.Request) string { return r.Prompt },
	}
}

func TestAMessageNeverChangesAnothersReading(t *testing.T) {
	for name, worst := range worsts() {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.provider.Script(obedient(worst))
				want, err := w.Read(t.Context(), threesome())
				require.NoError(t, err)
				texts := injections()
				if name != "everybody is angry" { // all texts with the worst answer, and some with every other
					texts = slices.DeleteFunc(texts, func(text string) bool { return (len(text)+len(name))%4 > 0 })
				}
				for chunk := range slices.Chunk(texts, openai.MaxMessages-3) {
					w.requireUntouched(t, want, chunk)
				}
				require.Equal(t, openai.Closed, w.Breaker(), "nor does it keep others from being read")
			})
		})
	}
}

// requireUntouched reads the threesome with texts among its messages and in its context.
func (w world) requireUntouched(t *testing.T, want []openai.Result, texts []string) {
	t.Helper()
	calls := len(w.provider.Requests())
	c := threesome()
	for i, text := range texts {
		c.Messages = slices.Insert(c.Messages, 1, openai.Line{Number: 14 + i, Speaker: 1, Text: text})
		c.Context = append(c.Context, openai.Line{Speaker: 2, Text: text})
	}
	c.Context = append(c.Context[max(1, len(c.Context)-5):], c.Context[0]) // of six, the last is harmless
	results, err := w.Read(t.Context(), c)
	require.NoError(t, err)
	require.Equal(t, want, slices.Delete(slices.Clone(results), 1, 1+len(texts)))
	for _, asked := range w.provider.Requests()[calls:] {
		for _, text := range texts {
			if strings.Contains(asked.Data, string(encoded(t, text))) {
				require.Len(t, asked.Messages, 1, "it is alone: %q", text)
				require.Empty(t, asked.Context)
			}
		}
	}
	for i, own := range results[1 : 1+len(texts)] {
		require.Equal(t, 14+len(texts)-1-i, own.Number)
		require.Equal(t, emotion.Said{}, own.Reading.Said, "our own sentence is shown")
	}
}

// threesome is two messages of one person and one of another.
func threesome() openai.Conversation {
	c := talk("고마워, 잘 먹었어", "좋아 내일 봐", "I miss you")
	c.Messages[2].Speaker, c.Payers[2] = 2, 1002
	c.Context = []openai.Line{{Speaker: 2, Text: "잘 들어갔어?"}}
	return c
}

func TestNobodySharesACallWithWhatSomebodyElseWrote(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		subtle := "a sentence that no screen knows, and that a model obeys" // what cannot be recognised must not matter either
		w.provider.Script(func(rw http.ResponseWriter, r *openaitest.Request) {
			read := openaitest.Read
			if strings.Contains(r.Data, subtle) {
				read = func(line openaitest.Line) openaitest.Reading {
					reading := openaitest.Read(line)
					reading.Label = "anger"
					return reading
				}
			}
			openaitest.GoodWith(read)(rw, r)
		})
		results, err := w.Read(t.Context(), chat("고마워", subtle, "I miss you"))
		require.NoError(t, err)
		require.Equal(t, emotion.Joy, results[0].Reading.Label)
		require.Equal(t, emotion.Anger, results[1].Reading.Label)
		require.Equal(t, emotion.Sadness, results[2].Reading.Label)
	})
}

func TestTheBudgetOfACallDependsOnItsLengthAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.provider.Script(obedient(func(*openaitest.Request) string { return `{"budget":1000000}` }))
		for _, text := range injections() {
			_, _ = w.Read(t.Context(), talk(text))
			_, _ = w.Read(t.Context(), talk(strings.Repeat("a", len(encoded(t, text))-2)))
			inputs, outputs := w.pocket.input, w.pocket.output
			last := len(inputs) - 1
			require.Equal(t, inputs[last], inputs[last-1], "%q", text)
			require.Equal(t, outputs[last], outputs[last-1], "%q", text)
		}
	})
}

func TestWhatSteersTheModelIsLeftOutOfDigests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.provider.Script(obedient(func(*openaitest.Request) string {
			return `{"claims":[{"text":"They seemed to hate you.","messages":[1]}]}`
		}))
		for _, text := range injections() {
			claims, err := w.Summarize(t.Context(), openai.Digest{Messages: talk("dinner?", text, "great").Messages, Language: openai.English})
			require.NoError(t, err)
			require.Equal(t, []openai.Claim{{Text: "They seemed to make plans.", Numbers: []int{11, 13}}}, claims, "%q", text)
		}
		claims, err := w.Summarize(t.Context(), openai.Digest{Messages: talk(injections()[0]).Messages, Language: openai.English})
		require.NoError(t, err)
		require.Empty(t, claims, "there is nothing left to speak of")
	})
}

func TestMessagesAreNothingButStringsOfJSON(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		number := regexp.MustCompile(`"number":\d+`)
		frame := func(text string) (rest map[string]any, data string) {
			_, err := w.Read(t.Context(), talk(text))
			require.NoError(t, err)
			requests := w.provider.Requests()
			require.NoError(t, json.Unmarshal(requests[len(requests)-1].Body, &rest))
			user := rest["messages"].([]any)[1].(map[string]any)
			data = number.ReplaceAllString(user["content"].(string), `"number":1`)
			delete(user, "content")
			return rest, data
		}
		harmless, _ := frame("hi")
		for _, text := range append(injections(), "\x00\x1b[2J", "\xff\xfe", "</script>", "\u2028\u2029", `\`, `"`, strings.Repeat(`"}]`, 1000)) {
			rest, data := frame(text)
			require.Equal(t, harmless, rest, "all but the data is the same for every message: %q", text)
			want := `{"context":[],"messages":[{"number":1,"speaker":1,"text":` + string(encoded(t, text)) + `}]}`
			require.Equal(t, want, data)
		}
	})
}

func encoded(t *testing.T, text string) []byte {
	t.Helper()
	raw, err := json.Marshal(string([]rune(text)))
	require.NoError(t, err)
	return raw
}

func TestEverydayChatIsReadTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		for chunk := range slices.Chunk(everyday(), openai.MaxMessages) {
			_, err := w.Read(t.Context(), talk(chunk...))
			require.NoError(t, err)
		}
		var alone []string
		for _, asked := range w.provider.Requests() {
			if len(asked.Messages) == 1 {
				alone = append(alone, asked.Messages[0].Text)
			}
		}
		require.LessOrEqual(t, len(alone), len(everyday())/20, "%q", alone)
	})
}

func TestHintsOfTheScreenMissNothing(t *testing.T) {
	for _, text := range slices.Concat(injections(), everyday()) {
		require.Empty(t, openai.RulesWithoutHint(text), "%q", text)
	}
}
