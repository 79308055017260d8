package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/internal/testkit"
)

// announcementFor is what an admin announces to some audience.
func announcementFor(audience map[string]any, at time.Time) map[string]any {
	return map[string]any{"title": "News", "body": "There is something new.", "audience": audience, "publishAt": at.Format(time.RFC3339Nano)}
}

// audience bounds whom an announcement is for; nil bounds nothing.
func audience(role, locale any) map[string]any {
	return map[string]any{"role": role, "locale": locale}
}

func (w *town) announced(t *testing.T, to map[string]any, at time.Time) openapi.AdminAnnouncement {
	t.Helper()
	return decoded[openapi.AdminAnnouncement](t, w.admin.must(t, http.MethodPost, "/admin/announcements", announcementFor(to, at)))
}

// notices returns the announcements that a socket was sent.
func (s *socket) notices(t *testing.T) (ids []int64) {
	t.Helper()
	for _, e := range s.all() {
		if e.Type == "notice" {
			ids = append(ids, decoded[openapi.NoticeEnvelope](t, []byte(e.raw)).Announcement.Id)
		}
	}
	return ids
}

func (s *socket) waitNotice(t *testing.T, id int64) openapi.Announcement {
	t.Helper()
	fits := func(e envelope) bool {
		return e.Type == "notice" && decoded[openapi.NoticeEnvelope](t, []byte(e.raw)).Announcement.Id == id
	}
	return decoded[openapi.NoticeEnvelope](t, []byte(s.wait(t, "the notice", fits).raw)).Announcement
}

func (p *person) inbox(t *testing.T) openapi.AnnouncementList {
	t.Helper()
	return decoded[openapi.AnnouncementList](t, p.must(t, http.MethodGet, "/announcements", nil))
}

func TestAnAnnouncementReachesEverybodyOnceOnWhicheverNodeTheyAre(t *testing.T) {
	testkit.EachStack(t, func(t *testing.T, stack testkit.Stack) {
		w := newTown(t, stack, time.Now)
		nodes := []running{w.running, w.running}
		if stack.RedisURL != "embedded" {
			nodes[1] = w.secondNode(t)
		}
		people, away := w.people(t, 8), w.people(t, 2)
		var sockets []*socket
		for i, p := range people {
			sockets = append(sockets, p.on(nodes[i%2]).dial(t))
		}
		sockets = append(sockets, people[0].on(nodes[1]).dial(t)) // a second device elsewhere
		first := w.announced(t, audience(nil, nil), time.Now())
		require.Equal(t, openapi.AnnouncementStatePublished, first.State)
		for _, s := range sockets {
			got := s.waitNotice(t, first.Id)
			require.Equal(t, []any{"News", "There is something new.", first.PublishAt}, []any{got.Title, got.Body, got.PublishedAt})
			require.Nil(t, got.ReadAt)
		}
		for i, p := range away {
			require.Equal(t, 1, p.inbox(t).Unread, "it waits")
			s := p.on(nodes[i]).dial(t)
			s.waitNotice(t, first.Id)
			sockets = append(sockets, s)
		}
		back := []*socket{people[0].on(nodes[1]).dial(t), away[0].on(nodes[1]).dial(t)}
		newcomer := w.person(t, "newcomer").on(nodes[1]).dial(t)

		waiting := w.announced(t, audience("user", "en"), time.Now().Add(time.Hour))
		soon := announcementFor(audience("user", "en"), time.Now().Add(time.Second))
		path := "/admin/announcements/" + itoa(waiting.Id)
		w.admin.must(t, http.MethodPut, path, soon)
		for _, s := range append(back, newcomer) {
			s.waitNotice(t, waiting.Id)
			require.Equal(t, []int64{waiting.Id}, s.notices(t), "nobody is sent again what they were sent, or what is older than they are")
		}
		for _, s := range sockets {
			s.waitNotice(t, waiting.Id)
			require.Equal(t, []int64{first.Id, waiting.Id}, s.notices(t))
		}
		w.admin.refused(t, "announcement.state", http.MethodPut, path, soon)

		reader := people[3]
		require.Equal(t, 2, reader.inbox(t).Unread)
		for range 2 {
			reader.must(t, http.MethodPut, "/announcements/"+itoa(first.Id)+"/read", nil)
		}
		list := reader.inbox(t)
		require.Equal(t, []int64{waiting.Id, first.Id}, []int64{list.Items[0].Id, list.Items[1].Id})
		require.Equal(t, 1, list.Unread)
		require.NotNil(t, list.Items[1].ReadAt)
		all := decoded[openapi.AdminAnnouncementList](t, w.admin.must(t, http.MethodGet, "/admin/announcements?size=2", nil))
		require.Nil(t, all.Next)
		require.Equal(t, []int{11, 0, 10, 1}, []int{all.Items[0].Delivered, all.Items[0].Read, all.Items[1].Delivered, all.Items[1].Read})
		require.Equal(t, w.admin.id, all.Items[0].CreatedBy.Id)

		w.admin.refused(t, "auth.reauthenticate", http.MethodDelete, path, nil)
		w.admin.proves(t)
		w.admin.must(t, http.MethodDelete, path, nil)
		list = reader.inbox(t)
		require.Len(t, list.Items, 1)
		require.Zero(t, list.Unread)
	})
}

func TestARepeatedAnnouncementIsTheFirstOne(t *testing.T) {
	w := serverTown(t)
	body, key := announcementFor(audience("admin", nil), time.Now().Add(time.Hour)), map[string]string{"Idempotency-Key": "one"}
	first := w.admin.ask(t, http.MethodPost, "/admin/announcements", body, key)
	require.Equal(t, http.StatusCreated, first.status)
	again := w.admin.ask(t, http.MethodPost, "/admin/announcements", body, key)
	require.Equal(t, http.StatusOK, again.status)
	require.JSONEq(t, string(first.body), string(again.body))

	careless := *w.admin
	careless.http = http.DefaultClient // which sends anything
	for name, c := range map[string]struct {
		change map[string]any
		field  string
	}{
		"no title":      {map[string]any{"title": ""}, "body.title"},
		"blank title":   {map[string]any{"title": " \u3164 "}, "body.title"},
		"long title":    {map[string]any{"title": strings.Repeat("가", 101)}, "body.title"},
		"blank body":    {map[string]any{"body": "\n\u200b"}, "body.body"},
		"long body":     {map[string]any{"body": strings.Repeat("a", 2001)}, "body.body"},
		"control":       {map[string]any{"body": "a\u0000b"}, "body.body"},
		"no such role":  {map[string]any{"audience": audience("host", nil)}, "body.audience.role"},
		"no language":   {map[string]any{"audience": audience(nil, "fr")}, "body.audience.locale"},
		"no time":       {map[string]any{"publishAt": "soon"}, "body.publishAt"},
		"far ahead":     {map[string]any{"publishAt": time.Now().AddDate(1, 0, 3)}, "body.publishAt"},
		"too far ahead": {map[string]any{"publishAt": "9999-12-31T23:59:59-12:00"}, "body.publishAt"},
	} {
		t.Run(name, func(t *testing.T) {
			wrong := announcementFor(audience(nil, nil), time.Now())
			for field, value := range c.change {
				wrong[field] = value
			}
			for method, path := range map[string]string{
				http.MethodPost: "/admin/announcements", http.MethodPut: "/admin/announcements/" + itoa(decoded[openapi.AdminAnnouncement](t, first.body).Id),
			} {
				status, body := careless.call(t, method, path, wrong)
				require.Equal(t, http.StatusUnprocessableEntity, status, string(body))
				problem := decoded[openapi.Problem](t, body)
				require.Equal(t, "request.invalid", problem.Code)
				require.Equal(t, c.field, (*problem.Fields)[0].Field, string(body))
			}
		})
	}
	all := w.admin.must(t, http.MethodGet, "/admin/announcements", nil)
	require.Len(t, decoded[openapi.AdminAnnouncementList](t, all).Items, 1)
	for _, path := range []string{"/announcements", "/admin/announcements"} {
		w.admin.refused(t, "request.invalid", http.MethodGet, path+"?cursor=1", nil)
	}
}
