package main

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/internal/openai/openaitest"
	"github.com/emosation/emosation/internal/testkit"
)

// consents is what all say who have a say in what is read. It is written out here a second time, on purpose.
type consents struct {
	operator, room, author string
	shows                  bool // whether readings are shown to those who look
}

func (c consents) String() string {
	return fmt.Sprintf("operator %s, room %s, author %s, shown %t", c.operator, c.room, c.author, c.shows)
}

// read tells whether an engine may see a message.
func (c consents) read() bool { return c.operator != "off" && c.room != "off" && c.author != "off" }

// leaves tells whether the text may leave the server for that.
func (c consents) leaves() bool { return c.operator == "openai" && c.room == "on" && c.author != "off" }

func (c consents) seen(byAuthor bool) bool {
	return c.read() && c.shows && (c.author == "everyone" || byAuthor)
}

// conversation is a room with somebody who writes there and somebody who reads, while the operator, the host and both of them change
// their minds.
type conversation struct {
	*town
	provider            *openaitest.Server
	host, author, other *person
	room                int64
	sockets             map[*person]*socket
	early               openapi.Message // written when everybody agreed
	mayLeave            []string
	mustStay            []string
}

// The whole truth table, on everything that is sent to anybody, and on the calls of both engines.
func TestTheStrictestConsentWins(t *testing.T) {
	t.Parallel()
	testkit.EachStack(t, func(t *testing.T, stack testkit.Stack) {
		provider := openaitest.New(t)
		w := newTown(t, stack, time.Now, remotely(provider)...)
		c := &conversation{town: w, provider: provider, host: w.person(t, "Host"), author: w.person(t, "Ann"), other: w.person(t, "Ben")}
		for _, p := range []*person{c.host, c.author, c.other} {
			p.http = http.DefaultClient // there are thousands of answers, and other tests hold those to the contract
		}
		c.room = c.host.opens(t, newRoom(4)).Id
		c.author.joins(t, c.room)
		c.other.joins(t, c.room)
		text := "early giraffe"
		c.early = decoded[openapi.Message](t, c.author.must(t, http.MethodPost, messages(c.room), note(text)))
		c.mayLeave = append(c.mayLeave, text)

		for _, operator := range []string{"openai", "embedded", "off"} {
			c.restart(t, operator)
			calls := len(provider.Requests())
			for _, room := range []string{"off", "local", "on"} {
				c.host.must(t, http.MethodPatch, at(c.room, ""), map[string]any{"readings": room})
				for _, author := range []string{"everyone", "off", "self"} {
					for _, shows := range []bool{true, false} {
						c.prove(t, consents{operator, room, author, shows})
					}
				}
			}
			if operator != "openai" {
				require.Len(t, provider.Requests(), calls, "nothing leaves a server that is to read by itself")
			}
		}
		told := asked(provider)
		for _, text := range c.mustStay {
			require.NotContains(t, told, text)
		}
	})
}

// restart goes on with another choice of the operator's.
func (c *conversation) restart(t *testing.T, operator string) {
	t.Helper()
	c.stop()
	c.running = start(t, append(c.settings, "EMOSATION_EMOTION="+operator))
	c.sockets = make(map[*person]*socket)
	for _, p := range []*person{c.host, c.author, c.other} {
		p.url = c.url
	}
	for _, p := range []*person{c.author, c.other} {
		c.sockets[p] = p.dial(t)
	}
	mode := decoded[openapi.EmotionMode](t, c.author.must(t, http.MethodGet, "/emotion", nil))
	require.EqualValues(t, operator, mode.Mode)
	require.NotEmpty(t, mode.Model)
	require.Equal(t, operator == "openai", mode.Host != nil)
}

func (c *conversation) prove(t *testing.T, say consents) {
	t.Helper()
	c.author.must(t, http.MethodPatch, "/users/me", map[string]any{"shareReadings": say.author, "showReadings": say.shows})
	c.other.must(t, http.MethodPatch, "/users/me", map[string]any{"showReadings": say.shows})
	before := c.reads(t)
	word := fmt.Sprintf("zebra%03d", len(c.mayLeave)+len(c.mustStay))
	text := "I am so happy today, " + word
	sent := c.says(t, say, text)
	draft := map[string]any{"text": text, "roomId": c.room}
	if status, body := c.author.call(t, http.MethodPost, "/emotion/preview", draft); say.read() {
		require.Equal(t, http.StatusOK, status, say)
	} else {
		require.Equal(t, http.StatusConflict, status, say)
		require.Equal(t, "emotion.off", decoded[openapi.Problem](t, body).Code)
	}
	calls := c.reads(t) - before
	require.Equal(t, say.read(), calls > 0, "%s: %v calls of the embedded engine", say, calls)

	for _, p := range []*person{c.author, c.other} {
		byAuthor := p == c.author
		e := c.sockets[p].wait(t, text, func(e envelope) bool { return e.Type == "message" && e.Message.Seq == sent.Seq })
		require.Equal(t, say.seen(byAuthor), e.Message.Reading != nil, "%s, by the author %t", say, byAuthor)
		require.Equal(t, say.seen(byAuthor), hasReading([]byte(e.raw)), "%s", e.raw)
		for path, body := range c.views(t, p, sent, word) {
			seen := say.seen(byAuthor) && path != at(c.room, "") && path != "/rooms" // which show none of last messages
			require.Equal(t, seen, hasReading(body), "%s, by the author %t: %s\n%s", say, byAuthor, path, body)
		}
	}
	if say.leaves() {
		c.mayLeave = append(c.mayLeave, text)
		require.Eventually(t, func() bool { return strings.Contains(asked(c.provider), word) }, 30*time.Second, 5*time.Millisecond, say.String())
	} else {
		c.mustStay = append(c.mustStay, word)
	}
}

// says sends a message, over the socket where readings are shown and by a request where they are not.
func (c *conversation) says(t *testing.T, say consents, text string) openapi.Message {
	t.Helper()
	draft := note(text)
	if !say.shows {
		sent := decoded[openapi.Message](t, c.author.must(t, http.MethodPost, messages(c.room), draft))
		require.Nil(t, sent.Reading, say)
		return sent
	}
	draft["type"], draft["room"] = "message", c.room
	c.sockets[c.author].send(t, draft)
	return *c.sockets[c.author].wait(t, text, func(e envelope) bool { return e.Type == "message" && e.Message.Body == text }).Message
}

// views are answers that each show one message: what was just said, or what was said when everybody agreed.
func (c *conversation) views(t *testing.T, p *person, sent openapi.Message, word string) map[string][]byte {
	t.Helper()
	page := func(name string, value int64) string {
		return messages(c.room) + "?limit=1&" + name + "=" + itoa(value)
	}
	views := make(map[string][]byte)
	for _, path := range []string{
		messages(c.room) + "?limit=1", page("after", sent.Seq-1), page("before", sent.Seq+1), page("after", c.early.Seq-1),
		at(c.room, ""), "/rooms", "/search/messages?q=" + word, "/search/messages?q=" + url.QueryEscape(strings.TrimPrefix(c.early.Body, "early ")),
	} {
		views[path] = p.must(t, http.MethodGet, path, nil)
	}
	changes := decoded[openapi.MessagePage](t, p.must(t, http.MethodGet, messages(c.room)+"?since_rev="+itoa(sent.Rev-1), nil))
	require.NotEmpty(t, changes.Items)
	require.Equal(t, sent.Seq, changes.Items[len(changes.Items)-1].Seq)
	views["since_rev"] = p.must(t, http.MethodGet, messages(c.room)+"?since_rev="+itoa(sent.Rev-1), nil)
	return views
}

// hasReading tells whether anything that was sent holds a reading.
func hasReading(sent []byte) bool {
	return strings.Contains(string(sent), `"confidence"`) || strings.Contains(string(sent), `"engine"`)
}

// reads is how often the embedded engine of a server was asked.
func (r running) reads(t *testing.T) float64 {
	t.Helper()
	_, metrics := get(t, r.ops+"/metrics")
	found := regexp.MustCompile(`(?m)^emosation_emotion_embedded_reads_total (\S+)$`).FindStringSubmatch(metrics)
	require.NotNil(t, found)
	n, err := strconv.ParseFloat(found[1], 64)
	require.NoError(t, err)
	return n
}
