package main

import (
	"cmp"
	"net/http"
	"slices"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/auth"
)

// target is a person of whom nothing else depends, and who has blocked the one who is blocked.
func (g *group) target() *person {
	p := g.person(g.t, "somebody")
	p.must(g.t, http.MethodPut, "/blocks/"+itoa(g.people["blocked"].id), nil)
	return p
}

// ofTarget asks about another person, and ofMyself about whoever asks.
func ofTarget(method, path string) func(*group, int64) request {
	return func(g *group, room int64) request {
		id := int64(nowhereAtAll)
		if room == g.room.Id {
			id = g.target().id
		}
		return request{method, path + itoa(id), nil}
	}
}

func ofMyself(method, path string) func(*group, int64) request {
	return func(g *group, room int64) request {
		if room != g.room.Id {
			return request{method, path + itoa(nowhereAtAll), nil}
		}
		return request{method, path + itoa(g.self()), nil}
	}
}

// self is the id of whoever asks, or of nobody.
func (g *group) self() int64 {
	return cmp.Or(g.asking.id, nowhereAtAll)
}

// again is another session of the one who asks.
func again(g *group, who *person) *person {
	tokens, err := g.auth.Login(g.t.Context(), auth.Client{Address: "127.0.0.1"}, who.email, testPassword)
	require.NoError(g.t, err)
	other := *who
	other.token, other.refresh = tokens.Access, tokens.Refresh
	return &other
}

// another is somebody else with the same role.
func another(g *group, who *person) *person {
	p := g.person(g.t, "another")
	if who == g.admin {
		g.grant(g.t, p, account.RoleAdmin)
	}
	return p
}

func proven(g *group, who *person) *person {
	p := another(g, who)
	p.proves(g.t)
	return p
}

// session returns that which somebody asks with: others of theirs may be what other rows ask with.
func (g *group) session(of *person) int64 {
	list := decoded[openapi.SessionList](g.t, of.must(g.t, http.MethodGet, "/auth/sessions", nil)).Items
	return list[slices.IndexFunc(list, func(s openapi.Session) bool { return s.Current })].Id
}

// peopleRows are about people, and who they are for the server.
func peopleRows() map[string]matrixRow {
	return map[string]matrixRow{
		"register": {ask: func(*group, int64) request {
			return request{http.MethodPost, "/auth/register", map[string]any{
				"email": uuid.NewString() + "@example.org", "password": testPassword, "nickname": "New", "emotionConsent": false,
			}}
		}, status: whoever(created)},
		"login": {ask: func(g *group, _ int64) request {
			return request{http.MethodPost, "/auth/login", map[string]any{"email": g.carl.email, "password": "not the password"}}
		}, status: whoever(signIn)},
		"login own": {ask: func(g *group, _ int64) request {
			email := g.asking.email
			if email == "" {
				email = "nobody@example.org"
			}
			return request{http.MethodPost, "/auth/login", map[string]any{"email": email, "password": testPassword}}
		}, status: all(ok)},
		"refresh": {ask: plain(http.MethodPost, "/auth/refresh", map[string]any{"refreshToken": "made up"}), status: whoever(signIn)},
		"refresh own": {as: again, ask: func(g *group, _ int64) request {
			return request{http.MethodPost, "/auth/refresh", map[string]any{"refreshToken": cmp.Or(g.asking.refresh, "none")}}
		}, status: all(ok)},
		"logout":             {as: again, ask: plain(http.MethodPost, "/auth/logout", nil), status: all(empty)},
		"reauthenticate":     {ask: plain(http.MethodPost, "/auth/reauthentication", map[string]any{"password": "wrong"}), status: all(wrong)},
		"reauthenticate own": {as: again, ask: plain(http.MethodPost, "/auth/reauthentication", map[string]any{"password": testPassword}), status: all(empty)},
		"requestPasswordReset": {ask: func(g *group, _ int64) request {
			return request{http.MethodPost, "/auth/password-resets", map[string]any{"email": g.carl.email}}
		}, status: whoever(accepted)},
		"redeemPasswordReset": {
			ask:    plain(http.MethodPost, "/auth/password-resets/redeem", map[string]any{"token": "made up", "newPassword": "another password"}),
			status: whoever(wrong),
		},
		"requestEmailVerification": {as: another, ask: plain(http.MethodPost, "/auth/email-verifications", nil), status: all(accepted)},
		"redeemEmailVerification": {
			ask: plain(http.MethodPost, "/auth/email-verifications/redeem", map[string]any{"token": "made up"}), status: whoever(wrong),
		},
		"listSessions": {ask: plain(http.MethodGet, "/auth/sessions", nil), status: all(ok)},
		"revokeSession": {ask: func(g *group, room int64) request {
			id := int64(nowhereAtAll)
			if room == g.room.Id {
				id = g.session(g.carl)
			}
			return request{http.MethodDelete, "/auth/sessions/" + itoa(id), nil}
		}, status: all(hidden)},
		"revokeSession own": {as: again, ask: func(g *group, room int64) request {
			id := int64(nowhereAtAll)
			if room == g.room.Id && g.actor != "anonymous" && g.actor != "deactivated" {
				id = g.session(again(g, g.asking))
			}
			return request{http.MethodDelete, "/auth/sessions/" + itoa(id), nil}
		}, status: all(empty)},
		"getJwks": {ask: plain(http.MethodGet, "/.well-known/jwks.json", nil), status: whoever(ok)},

		"getMe":    {ask: plain(http.MethodGet, "/users/me", nil), status: all(ok)},
		"updateMe": {ask: plain(http.MethodPatch, "/users/me", map[string]any{"locale": "en"}), status: all(ok)},
		"changePassword": {
			ask:    plain(http.MethodPut, "/users/me/password", map[string]any{"currentPassword": "wrong", "newPassword": "another password"}),
			status: all(wrong),
		},
		"deleteMe":        {as: another, ask: plain(http.MethodDelete, "/users/me?messages=keep", nil), status: all(denied)},
		"deleteMe proven": {as: proven, ask: plain(http.MethodDelete, "/users/me?messages=keep", nil), status: all(ok)},
		"exportMe":        {ask: plain(http.MethodGet, "/users/me/export", nil), status: all(ok)},
		"searchUsers":     {ask: plain(http.MethodGet, "/users?query=carl", nil), status: all(ok)},

		"listFriends": {ask: plain(http.MethodGet, "/friends", nil), status: all(ok)},
		"requestFriend": {ask: func(g *group, room int64) request {
			id := int64(nowhereAtAll)
			if room == g.room.Id {
				id = g.target().id
			}
			return request{http.MethodPost, "/friends", map[string]any{"userId": id}}
		}, status: answers{signIn, created, created, created, hidden, signIn, created, created, created}},
		"acceptFriend":     {ask: ofTarget(http.MethodPut, "/friends/"), status: all(hidden)},
		"acceptFriend own": {ask: ofMyself(http.MethodPut, "/friends/"), status: all(hidden)},
		"removeFriend":     {ask: ofTarget(http.MethodDelete, "/friends/"), status: all(empty)},
		"removeFriend own": {ask: ofMyself(http.MethodDelete, "/friends/"), status: all(empty)},
		"listBlocks":       {ask: plain(http.MethodGet, "/blocks", nil), status: all(ok)},
		"blockUser":        {as: another, ask: ofTarget(http.MethodPut, "/blocks/"), status: all(empty)},
		"blockUser own":    {ask: ofMyself(http.MethodPut, "/blocks/"), status: all(wrong)},
		"unblockUser":      {ask: ofTarget(http.MethodDelete, "/blocks/"), status: all(empty)},
		"unblockUser own":  {ask: ofMyself(http.MethodDelete, "/blocks/"), status: all(empty)},
		"openDirectRoom": {ask: func(g *group, room int64) request {
			id := int64(nowhereAtAll)
			if room == g.room.Id {
				id = g.target().id
			}
			return request{http.MethodPost, "/rooms/direct", map[string]any{"userId": id}}
		}, status: all(hidden)},

		"getReflection":     {ask: plain(http.MethodGet, "/users/me/reflection", nil), status: all(ok)},
		"resetCalibration":  {ask: plain(http.MethodDelete, "/users/me/calibration", nil), status: all(empty)},
		"getEmotion":        {ask: plain(http.MethodGet, "/emotion", nil), status: whoever(ok)},
		"exportReadings":    {ask: plain(http.MethodGet, "/users/me/readings", nil), status: all(ok)},
		"forgetReadings":    {as: another, ask: plain(http.MethodDelete, "/users/me/readings", nil), status: all(empty)},
		"listAnnouncements": {ask: plain(http.MethodGet, "/announcements", nil), status: all(ok)},
		"createTicket":      {ask: plain(http.MethodPost, "/ws/tickets", nil), status: all(created)},
		// Not an upgrade, but who may not is told so first.
		"openSocket": {ask: plain(http.MethodGet, "/ws", nil), status: all(http.StatusUpgradeRequired)},
	}
}
