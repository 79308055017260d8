package main

import (
	"net/http"
	"net/url"
	"strings"
	"time"
)

// inRoom asks about the room.
func inRoom(method, path string, body any) func(*group, int64) request {
	return func(_ *group, room int64) request { return request{method, at(room, path), body} }
}

// plain asks about nothing in particular.
func plain(method, path string, body any) func(*group, int64) request {
	return func(*group, int64) request { return request{method, path, body} }
}

// ofNote asks about a message of the host's.
func ofNote(method, path string, body any) func(*group, int64) request {
	return func(g *group, room int64) request {
		return request{method, messages(room) + "/" + itoa(g.note) + path, body}
	}
}

// ofOwnNote asks about a message that whoever asks has written in the room, if they ever could.
func ofOwnNote(method, path string, body any) func(*group, int64) request {
	return func(g *group, room int64) request {
		seq, wrote := g.notes[g.actor]
		if !wrote {
			seq = g.note
		}
		return request{method, messages(room) + "/" + itoa(seq) + path, body}
	}
}

// ofStore and ofBox ask about the places that the room has chosen.
func ofStore(method, path string, body any) func(*group, int64) request {
	return func(g *group, _ int64) request {
		return request{method, strings.Replace(path, "{id}", itoa(g.store), 1), body}
	}
}

func ofBox(method, path string, body any) func(*group, int64) request {
	return func(g *group, _ int64) request {
		return request{method, strings.Replace(path, "{id}", itoa(g.box.Id), 1), body}
	}
}

// roomRows are about rooms, and what is in them and belongs to others.
func roomRows() map[string]matrixRow {
	return map[string]matrixRow{
		"createRoom": {ask: func(*group, int64) request { return request{http.MethodPost, "/rooms", newRoom(4)} }, status: all(created)},
		"listOpenRooms": {ask: func(g *group, _ int64) request {
			return request{http.MethodGet, "/rooms/open?q=" + url.QueryEscape(*g.room.Title), nil}
		}, status: all(ok), shows: &[9]bool{false, true, true, false, true, false, true, true, true}},
		"listRooms": {ask: plain(http.MethodGet, "/rooms", nil), status: all(ok), shows: &[9]bool{7: true, 8: true}},
		"showInvite": {ask: func(g *group, _ int64) request {
			return request{http.MethodPost, "/invites", map[string]any{"token": g.invite}}
		}, status: answers{signIn, ok, ok, denied, ok, signIn, ok, ok, ok}, shows: &[9]bool{false, true, true, false, true, false, true, true, true}},
		"joinRoom":    {ask: inRoom(http.MethodPost, "/members", nil), status: answers{signIn, created, created, denied, created, signIn, created, ok, ok}},
		"leaveRoom":   {ask: inRoom(http.MethodDelete, "/members/me", nil), status: members(empty, empty)},
		"getRoom":     {ask: inRoom(http.MethodGet, "", nil), status: members(ok, ok)},
		"updateRoom":  {ask: inRoom(http.MethodPatch, "", map[string]any{"capacity": 11}), status: members(denied, ok)},
		"closeRoom":   {ask: inRoom(http.MethodPost, "/close", nil), status: members(denied, ok)},
		"extendRoom":  {ask: inRoom(http.MethodPost, "/extensions", map[string]any{"hours": 1}), status: members(denied, ok)},
		"setPhase":    {ask: inRoom(http.MethodPut, "/phase", map[string]any{"phase": "ORDER_STARTED"}), status: members(denied, ok)},
		"drawMembers": {ask: inRoom(http.MethodPost, "/draws", nil), status: members(created, created)},
		"kickMember": {ask: func(g *group, room int64) request {
			return request{http.MethodDelete, at(room, "/members/"+itoa(g.carl.id)), nil}
		}, status: members(denied, empty)},
		"transferHost": {ask: func(g *group, room int64) request {
			return request{http.MethodPut, at(room, "/host"), map[string]any{"userId": g.carl.id}}
		}, status: members(denied, ok)},
		"listMembers":   {ask: inRoom(http.MethodGet, "/members", nil), status: members(ok, ok)},
		"createInvite":  {ask: inRoom(http.MethodPost, "/invites", nil), status: members(denied, created)},
		"revokeInvites": {ask: inRoom(http.MethodDelete, "/invites", nil), status: members(denied, empty)},

		"searchMessages": {ask: func(_ *group, room int64) request {
			return request{http.MethodGet, "/search/messages?q=hello&roomId=" + itoa(room), nil}
		}, status: members(ok, ok)},
		"listMessages":   {ask: inRoom(http.MethodGet, "/messages", nil), status: members(ok, ok)},
		"getMood":        {ask: inRoom(http.MethodGet, "/mood?days=1", nil), status: members(ok, ok)},
		"getDigest":      {ask: inRoom(http.MethodGet, "/digest", nil), status: members(ok, ok)},
		"sendMessage":    {ask: func(_ *group, room int64) request { return request{http.MethodPost, messages(room), note("hello")} }, status: members(created, created)},
		"editMessage":    {ask: ofNote(http.MethodPatch, "", map[string]any{"body": "changed"}), status: members(denied, ok)},
		"deleteMessage":  {ask: ofNote(http.MethodDelete, "", nil), status: members(denied, empty)},
		"addReaction":    {ask: ofNote(http.MethodPut, "/reactions/%F0%9F%91%8D", nil), status: members(ok, ok)},
		"removeReaction": {ask: ofNote(http.MethodDelete, "/reactions/%F0%9F%91%8D", nil), status: members(ok, ok)},

		"correctReading":        {ask: ofNote(http.MethodPut, "/reading", map[string]any{"label": "joy", "fine": "gratitude"}), status: members(denied, ok)},
		"withdrawCorrection":    {ask: ofNote(http.MethodDelete, "/reading", nil), status: members(denied, ok)},
		"dismissReadingsNotice": {ask: inRoom(http.MethodDelete, "/readings-notice", nil), status: members(empty, empty)},
		"previewReading": {ask: func(_ *group, room int64) request {
			return request{http.MethodPost, "/emotion/preview", map[string]any{"text": "how will this read?", "roomId": room}}
		}, status: members(ok, ok)},

		"getOrder": {ask: inRoom(http.MethodGet, "/order", nil), status: members(ok, ok)},
		"saveSelection": {ask: func(g *group, room int64) request {
			return request{http.MethodPut, at(room, "/order/selection"), choice(g.dish, 2)}
		}, status: members(ok, ok)},
		"confirmOrder":   {prepare: (*group).chosen, ask: inRoom(http.MethodPut, "/order/confirmation", nil), status: members(denied, ok)},
		"confirmReceipt": {prepare: (*group).delivered, ask: inRoom(http.MethodPut, "/order/receipt", nil), status: members(ok, ok)},
		"createBoxCode":  {ask: inRoom(http.MethodPost, "/box-code", nil), status: members(created, created)},

		"listAreas":  {ask: plain(http.MethodGet, "/areas?q=90101", nil), status: all(ok)},
		"listStores": {ask: plain(http.MethodGet, "/stores?lat=37.5&lng=127.01", nil), status: all(ok)},
		"getStore":   {ask: ofStore(http.MethodGet, "/stores/{id}", nil), status: all(ok)},
		"listBoxes":  {ask: plain(http.MethodGet, "/boxes?zip=90101", nil), status: all(ok)},
		// Of what was announced to admins nobody else knows.
		"readAnnouncement": {ask: func(g *group, room int64) request {
			id := g.announced(g.t, audience("admin", nil), time.Now()).Id
			if room != g.room.Id { // to be compared with what is not there
				id = 1 << 40
			}
			return request{http.MethodPut, "/announcements/" + itoa(id) + "/read", nil}
		}, status: answers{signIn, hidden, hidden, hidden, hidden, signIn, empty, hidden, hidden}},
		// No person is a box, whoever they are.
		"announceArrival": {ask: ofBox(http.MethodPost, "/boxes/{id}/arrivals", nil), status: all(signIn)},
		"openBox":         {ask: ofBox(http.MethodPost, "/boxes/{id}/openings", map[string]any{"code": "000000"}), status: all(signIn)},
	}
}

// ownRows are about what belongs to whoever asks in a room.
func ownRows() map[string]matrixRow {
	myself := func(g *group) map[string]any { return map[string]any{"userId": g.self()} }
	return map[string]matrixRow{
		"editMessage own":        {ask: ofOwnNote(http.MethodPatch, "", map[string]any{"body": "changed"}), status: members(ok, ok)},
		"deleteMessage own":      {ask: ofOwnNote(http.MethodDelete, "", nil), status: members(empty, empty)},
		"addReaction own":        {ask: ofOwnNote(http.MethodPut, "/reactions/%F0%9F%91%8D", nil), status: members(ok, ok)},
		"removeReaction own":     {ask: ofOwnNote(http.MethodDelete, "/reactions/%F0%9F%91%8D", nil), status: members(ok, ok)},
		"correctReading own":     {ask: ofOwnNote(http.MethodPut, "/reading", map[string]any{"label": "joy"}), status: members(ok, ok)},
		"withdrawCorrection own": {ask: ofOwnNote(http.MethodDelete, "/reading", nil), status: members(ok, ok)},
		// Who wants to go leaves; nobody kicks themselves, and the host is one already.
		"kickMember own": {ask: func(g *group, room int64) request {
			return request{http.MethodDelete, at(room, "/members/"+itoa(g.self())), nil}
		}, status: members(denied, conflict)},
		"transferHost own": {ask: func(g *group, room int64) request {
			return request{http.MethodPut, at(room, "/host"), myself(g)}
		}, status: members(denied, conflict)},
	}
}
