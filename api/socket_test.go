package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/internal/testkit"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// stackSettings runs the server on a test's stack, with a key and an issuer that hold over a restart.
func stackSettings(t *testing.T, s testkit.Stack, more ...string) []string {
	t.Helper()
	return append(append(embedded(t), "EMOSATION_DATABASE_URL="+s.DatabaseURL, "EMOSATION_REDIS_URL="+s.RedisURL,
		"EMOSATION_JWT_KEY="+testKey(t), "EMOSATION_PUBLIC_URL=http://chat.example.org", "EMOSATION_RATE_LIMITS=off"), more...)
}

func TestTwoFriendsChatAndEachSeesHowTheOthersWordsWereMeant(t *testing.T) {
	testkit.EachStack(t, func(t *testing.T, stack testkit.Stack) {
		settings := append(stackSettings(t, stack), "EMOSATION_HTTP_ADDR=127.0.0.1:0")
		server, client := start(t, settings), contractClient(t)
		ann, ben := newcomer(t, client, server.url, "Ann"), newcomer(t, client, server.url, "Ben")
		room := befriend(t, ann, ben)
		a, b := ann.dial(t), ben.dial(t)
		a.wait(t, "presence of Ben", func(e envelope) bool { return e.Type == "presence" && e.Online })

		b.send(t, map[string]any{"type": "enter", "room": room, "sinceRev": 0})
		b.waitType(t, "entered")
		a.waitType(t, "enter")
		a.send(t, map[string]any{"type": "enter", "room": room})
		require.Equal(t, []int64{ben.id}, a.waitType(t, "entered").Viewers)
		b.send(t, map[string]any{"type": "typing", "room": room})
		a.waitType(t, "typing")

		id := uuid.NewString()
		b.send(t, map[string]any{"type": "message", "room": room, "clientId": id, "body": "오늘 정말 고마웠어 ㅠㅠ 너무 행복해"})
		ack := b.waitType(t, "ack")
		require.Equal(t, id, ack.ClientID)
		require.EqualValues(t, 1, ack.Seq)
		got := a.waitType(t, "message")
		require.Equal(t, "오늘 정말 고마웠어 ㅠㅠ 너무 행복해", got.Message.Body)
		require.NotNil(t, got.Message.Reading)
		require.Equal(t, openapi.LabelJoy, got.Message.Reading.Label)
		require.NotEmpty(t, got.Message.Reading.Evidence)
		require.NotEmpty(t, got.Message.Reading.Sentence)

		mine := decoded[openapi.Room](t, ann.must(t, http.MethodGet, "/rooms/"+itoa(room), nil))
		require.EqualValues(t, 1, mine.Unread)
		a.send(t, map[string]any{"type": "read", "room": room, "seq": 1})
		b.waitType(t, "read")

		path := messages(room) + "/1"
		ben.must(t, http.MethodPatch, path, map[string]any{"body": "오늘 진짜 고마웠어"})
		ann.must(t, http.MethodPut, path+"/reactions/%E2%9D%A4%EF%B8%8F", nil)
		reply := note("나도!")
		reply["replyTo"] = 1
		ann.must(t, http.MethodPost, messages(room), reply)
		ben.must(t, http.MethodPost, messages(room), note("see you"))
		ben.must(t, http.MethodDelete, messages(room)+"/3", nil)
		last := a.wait(t, "the tombstone", func(e envelope) bool { return e.Type == "message" && e.Message.DeletedAt != nil })
		require.EqualValues(t, 6, last.Message.Rev)
		before := ann.history(t, room)
		require.Len(t, before, 3)

		require.Equal(t, exitOK, server.stop())
		require.Equal(t, websocket.StatusGoingAway, a.closed(t))
		require.Equal(t, "shutdown", a.all()[len(a.all())-1].Reason)

		again := start(t, settings)
		ann.url, ben.url = again.url, again.url
		require.Equal(t, before, ann.history(t, room), "everything is there")
		b2 := ben.dial(t)
		b2.send(t, map[string]any{"type": "enter", "room": room, "sinceRev": 2})
		missed := decoded[openapi.EnteredEnvelope](t, []byte(b2.waitType(t, "entered").raw))
		require.Equal(t, []int64{3, 4, 6}, revs(missed.Messages), "what changed since, in the order of rev")
		rooms := decoded[openapi.RoomList](t, ann.must(t, http.MethodGet, "/rooms", nil))
		require.EqualValues(t, 1, rooms.Items[0].Unread, "the badge is right: Ben's last message was not read")
	})
}

func revs(list []openapi.Message) (all []int64) {
	for _, m := range list {
		all = append(all, m.Rev)
	}
	return all
}

func TestAnEndedSessionClosesItsSocketsAtOnceOnEveryNode(t *testing.T) {
	database, redis := testkit.MariaDBURL(t), testkit.RedisURL(t)
	settings := stackSettings(t, testkit.Stack{DatabaseURL: database, RedisURL: redis})
	here, there := start(t, settings), start(t, settings)
	client := contractClient(t)
	for name, end := range map[string]func(t *testing.T, p *person, session int64){
		"logout": func(t *testing.T, p *person, _ int64) { p.must(t, http.MethodPost, "/auth/logout", nil) },
		"revocation": func(t *testing.T, p *person, session int64) {
			p.login(t)
			p.must(t, http.MethodDelete, "/auth/sessions/"+itoa(session), nil)
		},
		"change of password": func(t *testing.T, p *person, _ int64) {
			p.login(t)
			p.must(t, http.MethodPut, "/users/me/password", map[string]any{"currentPassword": testPassword, "newPassword": "a new password"})
		},
		"reuse of a refresh token": func(t *testing.T, p *person, _ int64) {
			renew := map[string]any{"refreshToken": p.refresh}
			p.must(t, http.MethodPost, "/auth/refresh", renew)
			status, _ := p.call(t, http.MethodPost, "/auth/refresh", renew)
			require.Equal(t, http.StatusUnauthorized, status)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newcomer(t, client, here.url, "Ann")
			session := decoded[openapi.SessionList](t, p.must(t, http.MethodGet, "/auth/sessions", nil)).Items[0].Id
			old := p.token
			local := p.dial(t)
			p.url = there.url
			remote := p.dial(t)
			p.url = here.url
			end(t, p, session)
			for _, s := range []*socket{local, remote} {
				require.EqualValues(t, 4401, s.closed(t))
				all := s.all()
				require.Equal(t, "session_ended", all[len(all)-1].Reason)
			}
			p.token = old
			_, err := p.tryDial(t)
			require.Error(t, err)
		})
	}
}

func TestTwoNodesAreOneChat(t *testing.T) {
	database, redis := testkit.MariaDBURL(t), testkit.RedisURL(t)
	settings := stackSettings(t, testkit.Stack{DatabaseURL: database, RedisURL: redis})
	here, there, client := start(t, settings), start(t, settings), contractClient(t)
	ann, ben := newcomer(t, client, here.url, "Ann"), newcomer(t, client, there.url, "Ben")
	a, b := ann.dial(t), ben.dial(t)
	ann.must(t, http.MethodPost, "/friends", map[string]any{"userId": ben.id})
	b.wait(t, "request", func(e envelope) bool { return e.Type == "friend" && e.State == "incoming" })
	ben.must(t, http.MethodPut, "/friends/"+itoa(ann.id), nil)
	a.wait(t, "acceptance", func(e envelope) bool { return e.Type == "friend" && e.State == "accepted" })
	room := decoded[openapi.Room](t, ann.must(t, http.MethodPost, "/rooms/direct", map[string]any{"userId": ben.id})).Id
	b.waitType(t, "room")
	// The other node attached Ben's socket with that envelope and subscribes to the room; what is sent before that is
	// confirmed comes by rev.
	require.Eventually(t, func() bool {
		a.send(t, map[string]any{"type": "typing", "room": room})
		for _, e := range b.all() {
			if e.Type == "typing" {
				return true
			}
		}
		return false
	}, 10*time.Second, 50*time.Millisecond)
	for i := range 100 {
		ann.must(t, http.MethodPost, messages(room), note(fmt.Sprint(i)))
	}
	b.wait(t, "the last message", func(e envelope) bool { return e.Type == "message" && e.Message.Body == "99" })
	seq := int64(0)
	for _, e := range b.all() {
		if e.Type == "message" {
			seq++
			require.Equal(t, seq, e.Message.Seq, "in order, without a gap")
		}
	}
	require.True(t, decoded[openapi.FriendList](t, ann.must(t, http.MethodGet, "/friends", nil)).Items[0].Online)
}

func TestATicketOpensOneSocketAndOriginsAreChecked(t *testing.T) {
	server := start(t, append(embedded(t), "EMOSATION_PUBLIC_URL=http://chat.example.org", "EMOSATION_RATE_LIMITS=off"))
	p := newcomer(t, contractClient(t), server.url, "Ann")
	ticket := decoded[openapi.Ticket](t, p.must(t, http.MethodPost, "/ws/tickets", nil)).Ticket
	dial := func(protocols []string, header http.Header, path string) (int, error) {
		conn, answer, err := websocket.Dial(t.Context(), server.url+path, &websocket.DialOptions{Subprotocols: protocols, HTTPHeader: header})
		if err == nil {
			require.Equal(t, "emosation.v1", conn.Subprotocol())
			conn.CloseNow()
		}
		return answer.StatusCode, err
	}
	offer := []string{"emosation.v1", "ticket." + ticket}
	status, err := dial(offer, http.Header{"Origin": {"http://evil.example.org"}}, "/api/v1/ws")
	require.Error(t, err)
	require.Equal(t, http.StatusForbidden, status)
	(&person{url: server.url, http: p.http}).refused(t, "socket.no_handshake", http.MethodGet, "/ws", nil)

	_, err = dial(offer, http.Header{"Origin": {"http://chat.example.org"}}, "/ws")
	require.NoError(t, err)
	for name, try := range map[string]func() (int, error){
		"again":      func() (int, error) { return dial(offer, nil, "/api/v1/ws") },
		"made up":    func() (int, error) { return dial([]string{"emosation.v1", "ticket.x"}, nil, "/api/v1/ws") },
		"none":       func() (int, error) { return dial([]string{"emosation.v1"}, nil, "/api/v1/ws") },
		"in the URL": func() (int, error) { return dial(nil, nil, "/api/v1/ws?ticket="+ticket+"&access_token="+p.token) },
		"bad token":  func() (int, error) { return dial(nil, http.Header{"Authorization": {"Bearer x"}}, "/api/v1/ws") },
	} {
		status, err := try()
		require.Error(t, err, name)
		require.Equal(t, http.StatusUnauthorized, status, name)
	}
}

// TestReadingsAreSeenAsAuthorAndReaderWant is the truth table of who sees a reading, on REST and on the socket.
func TestReadingsAreSeenAsAuthorAndReaderWant(t *testing.T) {
	server, client := start(t, append(embedded(t), "EMOSATION_RATE_LIMITS=off")), contractClient(t)
	for _, share := range []string{"everyone", "self", "off"} {
		for _, show := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s %t", share, show), func(t *testing.T) {
				t.Parallel()
				author, reader := newcomer(t, client, server.url, "Author"), newcomer(t, client, server.url, "Reader")
				room := befriend(t, author, reader)
				theirs, own := reader.dial(t), author.dial(t)
				author.must(t, http.MethodPatch, "/users/me", map[string]any{"shareReadings": share})
				reader.must(t, http.MethodPatch, "/users/me", map[string]any{"showReadings": show, "locale": "ko"})
				author.must(t, http.MethodPost, messages(room), note("I am so happy today!"))

				seen := func(p *person, s *socket) bool {
					live := s.waitType(t, "message")
					stored := p.history(t, room)[0]
					require.Equal(t, stored.Reading, live.Message.Reading, "REST and socket agree")
					latest := decoded[openapi.RoomList](t, p.must(t, http.MethodGet, "/rooms", nil)).Items[0].LastMessage
					require.True(t, latest.Reading == nil || stored.Reading != nil)
					return stored.Reading != nil
				}
				require.Equal(t, share != "off", seen(author, own), "author")
				require.Equal(t, share == "everyone" && show, seen(reader, theirs), "reader")
				if share == "everyone" && show {
					require.Contains(t, theirs.waitType(t, "message").Message.Reading.Sentence, "요", "in the reader's language")
				}
				author.must(t, http.MethodPatch, "/users/me", map[string]any{"shareReadings": "off"})
				require.Nil(t, reader.history(t, room)[0].Reading, "an author who says off takes back what was read")
			})
		}
	}
}

func TestAFloodOfEnvelopesIsSlowedDown(t *testing.T) {
	p := newcomer(t, contractClient(t), start(t, embedded(t)).url, "Ann")
	s := p.dial(t)
	for range 200 {
		s.send(t, map[string]any{"type": "close", "room": 1})
	}
	refused := s.wait(t, "refusal", func(e envelope) bool { return e.Type == "error" && e.Code == "frame.too_many" })
	require.Contains(t, refused.raw, "retryAfter")
}

func TestWrongFramesAreAnsweredAndTheConnectionStays(t *testing.T) {
	p := newcomer(t, contractClient(t), start(t, append(embedded(t), "EMOSATION_RATE_LIMITS=off")).url, "Ann")
	s := p.dial(t)
	for _, frame := range []string{"", "{", "[]", `{"type":"ack"}`, `{"type":"message","room":1}`, "\u0000", strings.Repeat("[", 1000)} {
		s.forget()
		require.NoError(t, s.conn.Write(t.Context(), websocket.MessageText, []byte(frame)))
		s.waitType(t, "error")
	}
	require.NoError(t, s.conn.Write(t.Context(), websocket.MessageBinary, []byte("{}")))
	require.Equal(t, websocket.StatusUnsupportedData, s.closed(t))
	large := p.dial(t)
	require.NoError(t, large.conn.Write(t.Context(), websocket.MessageText, []byte(`"`+strings.Repeat("x", 70<<10)+`"`)))
	require.Equal(t, websocket.StatusMessageTooBig, large.closed(t))
}

func TestWhoDoesNotReadIsLetGoAndMadeWholeByRev(t *testing.T) {
	server := start(t, append(embedded(t), "EMOSATION_RATE_LIMITS=off"))
	ann, ben := newcomer(t, http.DefaultClient, server.url, "Ann"), newcomer(t, http.DefaultClient, server.url, "Ben")
	room := befriend(t, ann, ben)
	ben.must(t, http.MethodPatch, "/users/me", map[string]any{"showReadings": false})
	deaf, answer, err := websocket.Dial(t.Context(), server.url+"/api/v1/ws", &websocket.DialOptions{
		HTTPHeader: http.Header{"Authorization": {"Bearer " + ben.token}},
	})
	require.NoError(t, err)
	require.NotNil(t, answer)
	t.Cleanup(func() { deaf.CloseNow() })
	a := ann.dial(t)
	body := strings.Repeat("😀", 4000)
	const count = 1000 // 16 MB, more than its queue and the buffers of the kernel hold
	acks := func() (n int) {
		for _, e := range a.all() {
			if e.Type == "ack" {
				n++
			}
		}
		return n
	}
	for sent := 1; sent <= count; sent++ {
		a.send(t, map[string]any{"type": "message", "room": room, "clientId": uuid.NewString(), "body": body})
		if sent%50 == 0 { // who sends must keep up with the echo of what they send
			require.Eventually(t, func() bool { return acks() == sent }, 2*time.Minute, 10*time.Millisecond)
		}
	}
	deaf.SetReadLimit(1 << 20)
	for {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		_, frame, err := deaf.Read(ctx)
		cancel()
		if err != nil {
			require.NotErrorIs(t, err, context.DeadlineExceeded)
			break
		}
		require.True(t, json.Valid([]byte(strings.SplitN(string(frame), "\n", 2)[0])))
	}
	require.Len(t, ben.history(t, room), count, "and nothing is lost")
}
