package announcement_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/announcement"
	"github.com/emosation/emosation/internal/testkit"
)

func TestAnAnnouncementIsSentOnceToWhoIsHereAndOnceToWhoComes(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		people := w.users(5)
		ann, ben, carl, dora, eva := people[0], people[1], people[2], people[3], people[4]
		a, b := w.another(ann, carl), w.another(ben, carl)
		a.turn()
		b.turn()
		made := w.announce("Hello")
		b.turn()
		a.turn()
		a.turn()
		one := []announcement.ID{made.ID}
		require.Equal(t, one, a.got(ann))
		require.Equal(t, one, b.got(ben))
		require.Equal(t, one, append(a.got(carl), b.got(carl)...), "both nodes have carl, and one brings it to all devices")
		require.Empty(t, append(a.got(dora), b.got(dora)...))

		b.come(dora)
		a.come(dora)
		a.come(ann)
		require.Equal(t, one, b.got(dora))
		require.Empty(t, a.got(dora))
		require.Equal(t, one, a.got(ann), "who connects again is not sent it again")

		again := w.another() // a node that starts knows nothing
		again.come(ann, ben, carl, dora)
		require.Empty(t, again.events)
		again.come(eva)
		require.Equal(t, one, again.got(eva))
		require.EqualValues(t, 5, w.all()[0].Delivered)
	})
}

func TestWhatWasMissedComesInTheOrderInWhichItWasAnnounced(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ann := w.user("Ann").ID
		later := w.announce("third", at(noon.Add(2*time.Hour)))
		first := w.announce("first")
		w.clock.Advance(time.Hour)
		second := w.announce("second")
		w.clock.Advance(time.Hour)
		w.come(ann)
		require.Equal(t, []announcement.ID{first.ID, second.ID, later.ID}, w.got(ann))
	})
}

func TestAnAnnouncementReachesThoseWhomItIsForAsTheyAreThen(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		list := w.users(4)
		plain, english, admin, boss := list[0], list[1], list[2], list[3]
		w.set(english, "locale", "en")
		w.set(admin, "role", "admin")
		w.set(boss, "role", "admin")
		w.set(boss, "locale", "en")
		for name, c := range map[string]struct {
			role   account.Role
			locale account.Locale
			to     []account.ID
		}{
			"all":            {"", "", list},
			"users":          {account.RoleUser, "", list[:2]},
			"admins":         {account.RoleAdmin, "", list[2:]},
			"Korean":         {"", account.Korean, []account.ID{plain, admin}},
			"English":        {"", account.English, []account.ID{english, boss}},
			"English admins": {account.RoleAdmin, account.English, []account.ID{boss}},
		} {
			made := w.announce(name, to(c.role, c.locale))
			w.come(list...)
			for _, who := range list {
				got := w.got(who)
				reached := len(got) > 0 && got[len(got)-1] == made.ID
				require.Equal(t, containsID(c.to, who), reached, "%s to %d", name, who)
				require.Equal(t, reached, w.sees(who, name), "%s in the list of %d", name, who)
			}
		}
		for name, who := range map[string]account.ID{"English admins": boss, "users": plain} {
			w.set(who, "role", map[account.ID]string{boss: "user", plain: "admin"}[who])
			require.False(t, w.sees(who, name), "what is for a role is for those who have it")
		}
		w.set(plain, "locale", "en")
		require.True(t, w.sees(plain, "Korean"), "what was sent stays")
	})
}

func containsID(list []account.ID, who account.ID) bool {
	for _, id := range list {
		if id == who {
			return true
		}
	}
	return false
}

func (w *world) sees(who account.ID, title string) bool {
	for _, item := range w.inbox(who).Items {
		if item.Title == title {
			return true
		}
	}
	return false
}

func TestWhatIsScheduledGoesOutAtItsTimeAndOnce(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		people := w.users(3)
		nodes := []*node{w.another(people...), w.another(people...)}
		due := noon.Add(3 * time.Hour)
		made := w.announce("Later", at(due))
		require.Equal(t, announcement.Scheduled, made.State)
		require.Equal(t, due, made.PublishAt)
		w.clock.Advance(3*time.Hour - time.Microsecond)
		for _, n := range nodes {
			require.Equal(t, due, n.turn(), "it says when to look again")
			require.Empty(t, n.events)
		}
		require.Empty(t, w.inbox(people[0]).Items)
		w.clock.Advance(time.Microsecond)
		var both sync.WaitGroup
		for _, n := range nodes {
			both.Go(func() { n.turn() })
		}
		both.Wait()
		for _, who := range people {
			require.Equal(t, []announcement.ID{made.ID}, append(nodes[0].got(who), nodes[1].got(who)...))
			require.Equal(t, []string{"Later"}, titles(w.inbox(who)))
		}
		require.Equal(t, announcement.Published, w.all()[0].State)
		require.Equal(t, due, w.all()[0].PublishAt)
		require.Zero(t, nodes[0].turn())
	})
}

func TestWhatWasDueWhileNoNodeRanGoesOutWhenOneDoes(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ann := w.user("Ann").ID
		w.announce("Late", at(noon.Add(time.Hour)))
		w.clock.Advance(200 * day)
		w.come(ann)
		require.Len(t, w.got(ann), 1)
		require.Equal(t, noon.Add(200*day), w.inbox(ann).Items[0].PublishAt, "that is when it went out")
	})
}

func TestWhoRegistersLaterSeesWhatIsRecentAndIsNotSentIt(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.announce("Old")
		w.clock.Advance(31 * day)
		w.announce("Recent")
		w.clock.Advance(time.Hour)
		late := w.user("Late")
		w.come(late.ID)
		require.Empty(t, w.got(late.ID))
		inbox := w.inbox(late.ID)
		require.Equal(t, []string{"Recent"}, titles(inbox))
		require.Equal(t, &late.CreatedAt, inbox.Items[0].ReadAt)
		require.Zero(t, inbox.Unread)
		require.NoError(t, w.Read(t.Context(), late, inbox.Items[0].ID))
		require.Zero(t, w.all()[0].Read, "it was not announced to them")

		w.announce("New")
		w.come(late.ID)
		require.Len(t, w.got(late.ID), 1)
		require.Equal(t, 1, w.inbox(late.ID).Unread)
	})
}

func TestWhoWasAwayForLongFindsInTheListWhatIsNotSentAnyMore(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ann := w.user("Ann").ID
		w.announce("Long ago")
		w.clock.Advance(91 * day)
		made := w.announce("Today")
		w.come(ann)
		require.Equal(t, []announcement.ID{made.ID}, w.got(ann))
		inbox := w.inbox(ann)
		require.Equal(t, []string{"Today", "Long ago"}, titles(inbox))
		require.Equal(t, 2, inbox.Unread)
	})
}

func TestClosedAccountsAreSentNothingUntilTheyAreOpenAgain(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		people := w.users(2)
		w.set(people[0], "state", "deactivated")
		w.set(people[1], "state", "must_reset")
		made := w.announce("Hello")
		w.come(people...)
		require.Empty(t, w.events)
		require.Zero(t, w.all()[0].Delivered)
		w.set(people[0], "state", "active")
		w.come(people...)
		require.Equal(t, []announcement.ID{made.ID}, w.got(people[0]))

		require.NoError(t, announcement.Forget(t.Context(), w.db, people[:1]))
		require.NoError(t, w.db.Exec("DELETE FROM users WHERE id = ?", people[0]).Error)
		require.Zero(t, w.all()[0].Delivered, "who is purged leaves no receipt")
		w.come(people...)
	})
}

func TestWhatIsWithdrawnIsNeitherSentNorSeen(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ann, ben := w.user("Ann").ID, w.user("Ben").ID
		out, waiting := w.announce("Out"), w.announce("Waiting", at(noon.Add(time.Hour)))
		w.come(ann)
		require.Equal(t, 1, w.inbox(ann).Unread)
		for _, id := range []announcement.ID{out.ID, waiting.ID, out.ID} {
			require.NoError(t, w.Withdraw(t.Context(), w.by, id))
		}
		inbox := w.inbox(ann)
		require.Empty(t, inbox.Items)
		require.Zero(t, inbox.Unread)
		require.ErrorIs(t, w.Read(t.Context(), w.load(ann), out.ID), announcement.ErrUnknown)
		w.clock.Advance(2 * time.Hour)
		w.come(ann, ben)
		require.Empty(t, w.got(ben))
		require.Len(t, w.got(ann), 1)
		for _, o := range w.all() {
			require.Equal(t, announcement.Withdrawn, o.State)
		}
		require.ErrorIs(t, w.Withdraw(t.Context(), w.by, 999), announcement.ErrUnknown)
	})
}

// Nodes that bring the same to the same people at the same moment get into each other's way, and nobody notices.
func TestManyNodesAtOnceSendNothingTwice(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		people := w.users(60)
		nodes := make([]*node, 4)
		for i := range nodes {
			nodes[i] = w.another(people...)
		}
		const announcements = 5
		for range announcements {
			w.announce("Hello")
		}
		var g sync.WaitGroup
		failed := make([]error, len(nodes))
		for i, n := range nodes {
			g.Go(func() { _, failed[i] = n.Turn(t.Context()) })
		}
		for _, who := range people { // some read it before it is sent to them
			for _, item := range w.inbox(who).Items[:2] {
				require.NoError(t, w.Read(t.Context(), w.load(who), item.ID))
			}
		}
		g.Wait()
		for i, n := range nodes {
			if failed[i] != nil { // too often too late
				n.turn()
			}
		}
		for _, who := range people {
			seen := make(map[announcement.ID]bool)
			for _, n := range nodes {
				for _, id := range n.got(who) {
					require.False(t, seen[id], "%d was sent %d twice", who, id)
					seen[id] = true
				}
			}
		}
		for _, o := range w.all() {
			require.EqualValues(t, len(people), o.Delivered)
		}
	})
}

func TestWhatCouldNotBeSentIsSentLater(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		people := w.users(2)
		w.here = people[:1]
		made := w.announce("Hello")
		require.NoError(t, w.db.Exec("ALTER TABLE announcement_receipts RENAME TO elsewhere").Error)
		_, err := w.Turn(t.Context())
		require.Error(t, err)
		w.Arrived(people[1])
		_, err = w.Turn(t.Context())
		require.Error(t, err)
		require.Empty(t, w.events)
		require.NoError(t, w.db.Exec("ALTER TABLE elsewhere RENAME TO announcement_receipts").Error)
		w.turn()
		for _, who := range people {
			require.Equal(t, []announcement.ID{made.ID}, w.got(who))
		}
	})
}

// Run knows when the next announcement goes out, and is woken by who comes: it does not wait for the time of its next look.
func TestRunSendsInTimeUntilItEnds(t *testing.T) {
	w := newWorld(t, testkit.SQLite(t))
	here, comes := w.user("Here").ID, w.user("Comes").ID
	n := &node{t: t, here: []account.ID{here}, sent: make(map[account.ID][]announcement.ID)}
	n.Service = announcement.NewService(announcement.Deps{
		DB: w.db, Events: n, Now: time.Now, Log: zap.NewNop(), Present: func() []account.ID { return n.here },
	})
	due := time.Now().Add(300 * time.Millisecond)
	made, _, err := n.Create(t.Context(), w.by, announcement.Draft{Title: "Soon", Body: "!", At: &due}, "")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- n.Run(ctx) }()
	sentTo := func(who account.ID) func() bool { return func() bool { return len(n.got(who)) == 1 } }
	require.Eventually(t, sentTo(here), 10*time.Second, time.Millisecond)
	page, err := n.All(t.Context(), w.by.User, "", 1)
	require.NoError(t, err)
	require.Equal(t, made.ID, page.Items[0].ID)
	require.False(t, page.Items[0].PublishAt.Before(due.Truncate(time.Microsecond)), "never early")
	n.Arrived(comes)
	require.Eventually(t, sentTo(comes), 10*time.Second, time.Millisecond)
	cancel()
	require.NoError(t, <-ended)
}
