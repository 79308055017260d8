package main

import (
	"net/http"
	"time"

	"github.com/emosation/emosation/api/openapi"
)

func ofDish(method string, body any) func(*group, int64) request {
	return func(g *group, _ int64) request {
		return request{method, "/admin/stores/" + itoa(g.store) + "/menu/" + itoa(g.dish), body}
	}
}

// ofAnnouncement asks about an announcement that is not out yet.
func ofAnnouncement(method string, body any) func(*group, int64) request {
	return func(g *group, _ int64) request {
		id := g.announced(g.t, audience("admin", "ko"), time.Now().Add(time.Hour)).Id
		return request{method, "/admin/announcements/" + itoa(id), body}
	}
}

// ofSomebody asks about a person of whom nothing else depends.
func ofSomebody(method, path string, body any) func(*group, int64) request {
	return func(g *group, room int64) request {
		id := int64(nowhereAtAll)
		if room == g.room.Id {
			id = g.person(g.t, "somebody").id
		}
		return request{method, "/admin/users/" + itoa(id) + path, body}
	}
}

// ofClosed asks about a person whose account is closed.
func ofClosed(method, path string, body any) func(*group, int64) request {
	return func(g *group, _ int64) request {
		id := g.person(g.t, "closed").id
		g.closes(g.t, id)
		return request{method, "/admin/users/" + itoa(id) + path, body}
	}
}

// ofSelf asks about the account of whoever asks.
func ofSelf(method, path string, body any) func(*group, int64) request {
	return func(g *group, _ int64) request {
		return request{method, "/admin/users/" + itoa(g.self()) + path, body}
	}
}

// adminRows are what admins alone may do.
func adminRows() map[string]matrixRow {
	boxInput := map[string]any{"name": "Box", "zip": "90101", "address": "Moon Street 3", "lat": 37.5, "lng": 127.01}
	tomorrow := map[string]any{"purgeAfter": time.Now().Add(24 * time.Hour)}
	return map[string]matrixRow{
		"getEmotionHealth": {ask: plain(http.MethodGet, "/admin/emotion", nil), status: admins(ok)},
		"getStats":         {ask: plain(http.MethodGet, "/admin/stats", nil), status: admins(ok)},

		"listAllAnnouncements": {ask: plain(http.MethodGet, "/admin/announcements", nil), status: admins(ok)},
		"createAnnouncement":   {ask: plain(http.MethodPost, "/admin/announcements", announcementFor(audience("admin", "ko"), time.Now())), status: admins(created)},
		"replaceAnnouncement":  {ask: ofAnnouncement(http.MethodPut, announcementFor(audience("admin", "ko"), time.Now())), status: admins(ok)},
		"withdrawAnnouncement": {ask: ofAnnouncement(http.MethodDelete, nil), status: admins(empty)},

		"listAllStores":   {ask: plain(http.MethodGet, "/admin/stores", nil), status: admins(ok)},
		"getWholeStore":   {ask: ofStore(http.MethodGet, "/admin/stores/{id}", nil), status: admins(ok)},
		"createStore":     {ask: plain(http.MethodPost, "/admin/stores", storeInput()), status: admins(created)},
		"replaceStore":    {ask: ofStore(http.MethodPut, "/admin/stores/{id}", storeInput()), status: admins(ok)},
		"deleteStore":     {ask: ofStore(http.MethodDelete, "/admin/stores/{id}", nil), status: admins(empty)},
		"createMenuItem":  {ask: ofStore(http.MethodPost, "/admin/stores/{id}/menu", dish("Another", 5_000)), status: admins(created)},
		"replaceMenuItem": {ask: ofDish(http.MethodPut, dish("Changed", 6_000)), status: admins(ok)},
		"deleteMenuItem":  {ask: ofDish(http.MethodDelete, nil), status: admins(empty)},
		"listAllBoxes":    {ask: plain(http.MethodGet, "/admin/boxes", nil), status: admins(ok)},
		"createBox":       {ask: plain(http.MethodPost, "/admin/boxes", boxInput), status: admins(created)},
		"replaceBox":      {ask: ofBox(http.MethodPut, "/admin/boxes/{id}", boxInput), status: admins(ok)},
		"deleteBox": { // it is booked
			prepare: func(g *group) { g.people["host"].must(g.t, http.MethodPost, at(g.room.Id, "/close"), nil) },
			ask:     ofBox(http.MethodDelete, "/admin/boxes/{id}", nil), status: admins(empty),
		},
		"createBoxKey": {ask: ofBox(http.MethodPost, "/admin/boxes/{id}/key", nil), status: admins(created)},

		"listUsers":          {ask: plain(http.MethodGet, "/admin/users", nil), status: admins(ok)},
		"getUser":            {ask: ofSomebody(http.MethodGet, "", nil), status: admins(ok)},
		"listUserSessions":   {ask: ofSomebody(http.MethodGet, "/sessions", nil), status: admins(ok)},
		"revokeUserSessions": {ask: ofSomebody(http.MethodDelete, "/sessions", nil), status: admins(empty)},
		"revokeUserSession": {ask: func(g *group, _ int64) request {
			p := g.person(g.t, "somebody")
			session := decoded[openapi.SessionList](g.t, p.must(g.t, http.MethodGet, "/auth/sessions", nil)).Items[0].Id
			return request{http.MethodDelete, "/admin/users/" + itoa(p.id) + "/sessions/" + itoa(session), nil}
		}, status: admins(empty)},
		"setUserRole":    {ask: ofSomebody(http.MethodPut, "/role", map[string]any{"role": "user"}), status: admins(ok)},
		"listAllRooms":   {ask: plain(http.MethodGet, "/admin/rooms", nil), status: admins(ok), shows: &[9]bool{}},
		"listAudit":      {ask: plain(http.MethodGet, "/admin/audit", nil), status: admins(ok)},
		"deactivateUser": {ask: ofSomebody(http.MethodPost, "/deactivation", map[string]any{"reason": "spam"}), status: admins(ok)},
		"restoreUser":    {ask: ofClosed(http.MethodPost, "/restoration", map[string]any{"access": "link"}), status: admins(ok)},
		"setPurgeDate":   {ask: ofClosed(http.MethodPut, "/purge-date", tomorrow), status: admins(ok)},

		"getUser own":            {ask: ofSelf(http.MethodGet, "", nil), status: admins(ok)},
		"listUserSessions own":   {ask: ofSelf(http.MethodGet, "/sessions", nil), status: admins(ok)},
		"revokeUserSessions own": {as: proven, ask: ofSelf(http.MethodDelete, "/sessions", nil), status: admins(empty)},
		"revokeUserSession own": {as: proven, ask: func(g *group, _ int64) request {
			session := int64(nowhereAtAll)
			if g.actor != "anonymous" && g.actor != "deactivated" {
				session = g.session(g.asking)
			}
			return request{http.MethodDelete, "/admin/users/" + itoa(g.self()) + "/sessions/" + itoa(session), nil}
		}, status: admins(empty)},
		"setUserRole own":    {as: proven, ask: ofSelf(http.MethodPut, "/role", map[string]any{"role": "user"}), status: admins(ok)},
		"deactivateUser own": {ask: ofSelf(http.MethodPost, "/deactivation", map[string]any{}), status: admins(conflict)},
		"restoreUser own":    {ask: ofSelf(http.MethodPost, "/restoration", map[string]any{"access": "link"}), status: admins(conflict)},
		"setPurgeDate own":   {ask: ofSelf(http.MethodPut, "/purge-date", tomorrow), status: admins(conflict)},
	}
}
