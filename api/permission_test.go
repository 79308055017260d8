package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/internal/testkit"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// The actors of the tables below, in the order of their columns. All of them look at Ann: at her, and at the room
// that they have or had with her. The stranger and nobody look at the room that Ann has with her friend.
var actors = []string{"anonymous", "stranger", "friend", "former friend", "blocked"}

// cast is Ann and those who look at her.
type cast struct {
	ann     *person
	name    string // Ann's nickname, which nobody else has
	people  map[string]*person
	rooms   map[string]int64 // by actor: the room they ask for
	session int64            // a session of Ann's
}

func newCast(t *testing.T, server string) *cast {
	t.Helper()
	c := &cast{people: map[string]*person{"anonymous": {url: server, http: http.DefaultClient}}, rooms: map[string]int64{}}
	c.name = "Ann " + uuid.NewString()[:8]
	c.ann = newcomer(t, http.DefaultClient, server, c.name)
	for _, name := range actors[1:] {
		c.people[name] = newcomer(t, http.DefaultClient, server, "the "+name)
	}
	for _, name := range actors[2:] {
		c.rooms[name] = befriend(t, c.ann, c.people[name])
		c.ann.must(t, http.MethodPost, messages(c.rooms[name]), note("from "+c.name))
		c.people[name].must(t, http.MethodPost, messages(c.rooms[name]), note("to Ann"))
	}
	c.rooms["anonymous"], c.rooms["stranger"] = c.rooms["friend"], c.rooms["friend"]
	c.ann.must(t, http.MethodDelete, "/friends/"+itoa(c.people["former friend"].id), nil)
	c.ann.must(t, http.MethodPut, "/blocks/"+itoa(c.people["blocked"].id), nil)
	c.session = decoded[openapi.SessionList](t, c.ann.must(t, http.MethodGet, "/auth/sessions", nil)).Items[0].Id
	return c
}

func messages(room int64) string { return "/rooms/" + itoa(room) + "/messages" }

func note(body string) map[string]any {
	return map[string]any{"clientId": uuid.NewString(), "body": body}
}

// request is what one actor asks.
type request struct {
	method, path string
	body         any
}

// row is one operation: what each actor asks, what status each is answered, and, where the status does not tell it
// all, whether the answer to each shows Ann.
type row struct {
	ask    func(c *cast, who *person, room int64) request
	status [5]int
	shows  *[5]bool
}

func operations() map[string]row {
	const signedIn = http.StatusUnauthorized // for who is not
	all := func(status int) [5]int { return [5]int{status, status, status, status, status} }
	members := func(status int) [5]int { return [5]int{signedIn, status, status, status, status} }
	ofAnn := func(method, path string) func(*cast, *person, int64) request {
		return func(c *cast, _ *person, _ int64) request { return request{method, path + itoa(c.ann.id), nil} }
	}
	ofRoom := func(method, path string, body any) func(*cast, *person, int64) request {
		return func(_ *cast, _ *person, room int64) request {
			return request{method, "/rooms/" + itoa(room) + path, body}
		}
	}
	plain := func(method, path string, body any) func(*cast, *person, int64) request {
		return func(*cast, *person, int64) request { return request{method, path, body} }
	}
	return map[string]row{
		"register": {ask: func(*cast, *person, int64) request {
			return request{http.MethodPost, "/auth/register", map[string]any{
				"email": uuid.NewString() + "@example.org", "password": testPassword, "nickname": "New", "emotionConsent": false,
			}}
		}, status: all(http.StatusCreated)},
		"login": {ask: func(c *cast, _ *person, _ int64) request {
			return request{http.MethodPost, "/auth/login", map[string]any{"email": c.ann.email, "password": "not the password"}}
		}, status: all(http.StatusUnauthorized)},
		"refresh":      {ask: plain(http.MethodPost, "/auth/refresh", map[string]any{"refreshToken": "made up"}), status: all(http.StatusUnauthorized)},
		"logout":       {ask: plain(http.MethodPost, "/auth/logout", nil), status: members(http.StatusNoContent)},
		"listSessions": {ask: plain(http.MethodGet, "/auth/sessions", nil), status: members(http.StatusOK)},
		"revokeSession": {ask: func(c *cast, _ *person, _ int64) request {
			return request{http.MethodDelete, "/auth/sessions/" + itoa(c.session), nil}
		}, status: members(http.StatusNotFound)},
		"getJwks":  {ask: plain(http.MethodGet, "/.well-known/jwks.json", nil), status: all(http.StatusOK)},
		"getMe":    {ask: plain(http.MethodGet, "/users/me", nil), status: members(http.StatusOK), shows: &[5]bool{}},
		"updateMe": {ask: plain(http.MethodPatch, "/users/me", map[string]any{"locale": "en"}), status: members(http.StatusOK), shows: &[5]bool{}},
		"reauthenticate": {
			ask: plain(http.MethodPost, "/auth/reauthentication", map[string]any{"password": "wrong"}), status: members(http.StatusUnprocessableEntity),
		},
		"requestPasswordReset": {ask: func(c *cast, _ *person, _ int64) request {
			return request{http.MethodPost, "/auth/password-resets", map[string]any{"email": c.ann.email}}
		}, status: all(http.StatusAccepted)},
		"redeemPasswordReset": {
			ask:    plain(http.MethodPost, "/auth/password-resets/redeem", map[string]any{"token": "made up", "newPassword": "another password"}),
			status: all(http.StatusUnprocessableEntity),
		},
		"requestEmailVerification": {ask: plain(http.MethodPost, "/auth/email-verifications", nil), status: members(http.StatusAccepted)},
		"redeemEmailVerification": {
			ask: plain(http.MethodPost, "/auth/email-verifications/redeem", map[string]any{"token": "made up"}), status: all(http.StatusUnprocessableEntity),
		},
		"changePassword": {
			ask:    plain(http.MethodPut, "/users/me/password", map[string]any{"currentPassword": "wrong", "newPassword": "another password"}),
			status: members(http.StatusUnprocessableEntity),
		},
		"deleteMe": {ask: plain(http.MethodDelete, "/users/me?messages=keep", nil), status: members(http.StatusForbidden)}, // without proof
		"searchUsers": {ask: func(c *cast, _ *person, _ int64) request {
			return request{http.MethodGet, "/users?query=" + url.QueryEscape(c.name), nil}
		}, status: members(http.StatusOK), shows: &[5]bool{false, true, true, true, false}},
		"listFriends": {ask: plain(http.MethodGet, "/friends", nil), status: members(http.StatusOK), shows: &[5]bool{false, false, true, false, false}},
		"requestFriend": {ask: func(c *cast, _ *person, _ int64) request {
			return request{http.MethodPost, "/friends", map[string]any{"userId": c.ann.id}}
		}, status: [5]int{signedIn, http.StatusCreated, http.StatusOK, http.StatusCreated, http.StatusNotFound}},
		"acceptFriend": {ask: ofAnn(http.MethodPut, "/friends/"), status: [5]int{signedIn, http.StatusNotFound, http.StatusOK, http.StatusNotFound, http.StatusNotFound}},
		"removeFriend": {ask: ofAnn(http.MethodDelete, "/friends/"), status: members(http.StatusNoContent)},
		"listBlocks":   {ask: plain(http.MethodGet, "/blocks", nil), status: members(http.StatusOK), shows: &[5]bool{}},
		"blockUser":    {ask: ofAnn(http.MethodPut, "/blocks/"), status: members(http.StatusNoContent)},
		"unblockUser":  {ask: ofAnn(http.MethodDelete, "/blocks/"), status: members(http.StatusNoContent)},
		"listRooms":    {ask: plain(http.MethodGet, "/rooms", nil), status: members(http.StatusOK), shows: &[5]bool{false, false, true, true, true}},
		"openDirectRoom": {ask: func(c *cast, _ *person, _ int64) request {
			return request{http.MethodPost, "/rooms/direct", map[string]any{"userId": c.ann.id}}
		}, status: [5]int{signedIn, http.StatusNotFound, http.StatusOK, http.StatusNotFound, http.StatusNotFound}},
		"getRoom":            {ask: ofRoom(http.MethodGet, "", nil), status: reading()},
		"updateRoom":         {ask: ofRoom(http.MethodPatch, "", map[string]any{"readings": "local"}), status: writing(http.StatusOK)},
		"listMembers":        {ask: ofRoom(http.MethodGet, "/members", nil), status: reading()},
		"listMessages":       {ask: ofRoom(http.MethodGet, "/messages", nil), status: reading()},
		"getMood":            {ask: ofRoom(http.MethodGet, "/mood", nil), status: reading()},
		"getDigest":          {ask: ofRoom(http.MethodGet, "/digest", nil), status: reading()},
		"getReflection":      {ask: plain(http.MethodGet, "/users/me/reflection", nil), status: members(http.StatusOK)},
		"sendMessage":        {ask: ofRoom(http.MethodPost, "/messages", note("hello")), status: writing(http.StatusCreated)},
		"editMessage":        {ask: ofRoom(http.MethodPatch, "/messages/1", map[string]any{"body": "not hers"}), status: writing(http.StatusForbidden)},
		"deleteMessage":      {ask: ofRoom(http.MethodDelete, "/messages/1", nil), status: writing(http.StatusForbidden)},
		"addReaction":        {ask: ofRoom(http.MethodPut, "/messages/1/reactions/%F0%9F%91%8D", nil), status: writing(http.StatusOK)},
		"removeReaction":     {ask: ofRoom(http.MethodDelete, "/messages/1/reactions/%F0%9F%91%8D", nil), status: writing(http.StatusOK)},
		"correctReading":     {ask: ofRoom(http.MethodPut, "/messages/1/reading", map[string]any{"label": "joy"}), status: writing(http.StatusForbidden)},
		"withdrawCorrection": {ask: ofRoom(http.MethodDelete, "/messages/1/reading", nil), status: writing(http.StatusForbidden)},
		"previewReading": {ask: func(_ *cast, _ *person, room int64) request {
			return request{http.MethodPost, "/emotion/preview", map[string]any{"text": "how will this read?", "roomId": room}}
		}, status: writing(http.StatusOK)},
		"resetCalibration": {ask: plain(http.MethodDelete, "/users/me/calibration", nil), status: members(http.StatusNoContent)},
		"getEmotion":       {ask: plain(http.MethodGet, "/emotion", nil), status: all(http.StatusOK)},
		"dismissReadingsNotice": {ask: ofRoom(http.MethodDelete, "/readings-notice", nil), status: [5]int{
			signedIn, http.StatusNotFound, http.StatusNoContent, http.StatusNoContent, http.StatusNoContent,
		}},
		"exportReadings": {ask: plain(http.MethodGet, "/users/me/readings", nil), status: members(http.StatusOK), shows: &[5]bool{}},
		"exportMe":       {ask: plain(http.MethodGet, "/users/me/export", nil), status: members(http.StatusOK)},
		"forgetReadings": {ask: plain(http.MethodDelete, "/users/me/readings", nil), status: members(http.StatusNoContent)},
		"searchMessages": {ask: func(c *cast, _ *person, _ int64) request {
			return request{http.MethodGet, "/search/messages?q=" + url.QueryEscape(c.name), nil}
		}, status: members(http.StatusOK), shows: &[5]bool{false, false, true, true, true}},
		"listAnnouncements": {ask: plain(http.MethodGet, "/announcements", nil), status: members(http.StatusOK), shows: &[5]bool{}},
		"createTicket":      {ask: plain(http.MethodPost, "/ws/tickets", nil), status: members(http.StatusCreated)},
		// Not an upgrade, but who may not is told so first.
		"openSocket": {ask: plain(http.MethodGet, "/ws", nil), status: members(http.StatusUpgradeRequired)},
	}
}

// reading is the answers to who reads a room: history stays with those who were there.
func reading() [5]int {
	return [5]int{http.StatusUnauthorized, http.StatusNotFound, http.StatusOK, http.StatusOK, http.StatusOK}
}

// writing is the answers to who writes into a room, of which friends are answered as given.
func writing(friend int) [5]int {
	return [5]int{http.StatusUnauthorized, http.StatusNotFound, friend, http.StatusConflict, http.StatusConflict}
}

func TestEveryOperationAnswersEveryActorAsTheTableSays(t *testing.T) {
	server := permissionServer(t)
	table := operations()
	for name, row := range table {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCast(t, server)
			before := c.ann.history(t, c.rooms["friend"])
			for i, actor := range actors {
				who := c.people[actor]
				ask := row.ask(c, who, c.rooms[actor])
				status, body := who.call(t, ask.method, ask.path, ask.body)
				require.Equal(t, row.status[i], status, "%s: %s", actor, body)
				if row.shows != nil {
					require.Equal(t, row.shows[i], strings.Contains(string(body), c.name), "%s: %s", actor, body)
				}
				if actor == "stranger" && status == http.StatusNotFound && strings.HasPrefix(ask.path, "/rooms/") {
					nowhere := row.ask(c, who, 1<<40)
					_, unknown := who.call(t, nowhere.method, nowhere.path, nowhere.body)
					require.Equal(t, string(unknown), string(body), "unknown and forbidden look alike")
				}
				if actor != "friend" { // nobody else touches Ann's room with her friend
					require.Equal(t, before, c.ann.history(t, c.rooms["friend"])[:len(before)])
				}
				before = c.ann.history(t, c.rooms["friend"])
			}
			status, _ := c.ann.call(t, http.MethodGet, "/users/me", nil)
			require.Equal(t, http.StatusOK, status, "Ann is still signed in")
		})
	}
}

// permissionServer serves on MariaDB and Redis, which need not write to disk for a test; what is allowed does not
// depend on the stack.
func permissionServer(t *testing.T) string {
	t.Helper()
	box := newMailbox(t)
	return start(t, stackSettings(t, testkit.Stack{DatabaseURL: testkit.MariaDBURL(t), RedisURL: testkit.RedisURL(t)}, relay(box)...)).url
}
