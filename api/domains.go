package main

import (
	"context"
	"time"

	"github.com/emosation/emosation/api/wire"
	"github.com/emosation/emosation/api/ws"
	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/account/directory"
	"github.com/emosation/emosation/internal/analysis"
	"github.com/emosation/emosation/internal/announcement"
	"github.com/emosation/emosation/internal/auth"
	"github.com/emosation/emosation/internal/booking"
	"github.com/emosation/emosation/internal/friend"
	"github.com/emosation/emosation/internal/lifecycle"
	"github.com/emosation/emosation/internal/limit"
	"github.com/emosation/emosation/internal/mail"
	"github.com/emosation/emosation/internal/message"
	"github.com/emosation/emosation/internal/mood"
	"github.com/emosation/emosation/internal/order"
	"github.com/emosation/emosation/internal/realtime"
	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/search"
	"github.com/emosation/emosation/internal/standing"
	"github.com/emosation/emosation/internal/stats"
	"github.com/emosation/emosation/internal/storage"
	"go.uber.org/zap"
)

// domains is what the program is about, joined together and not yet running.
type domains struct {
	accounts      *account.Service
	directory     *directory.Service
	auth          *auth.Service
	mails         *mail.Service
	tray          *mail.Tray // nil unless mails lie there instead of being sent
	friends       *friend.Service
	messages      *message.Service
	recent        *message.Recent
	standings     *standing.Service
	rooms         *room.Service
	bookings      *booking.Service
	orders        *order.Service
	lifecycle     *lifecycle.Service
	search        *search.Service
	mood          *mood.Service
	stats         *stats.Service
	announcements *announcement.Service
	bus           *realtime.Bus
	embedded      counted
	remote        *remote
	refusals      *limit.Refusals
	analysis      *analysis.Service // nil without a remote engine
}

// recentTTL is how long the latest messages of a room that nobody asks for stay in Redis.
const recentTTL = 10 * time.Minute

// newDomains joins the domains: where one needs another's knowledge, it gets it here.
func newDomains(p parts) (domains, error) {
	passwords, err := account.NewHasher(p.hashCost, p.metrics)
	if err != nil {
		return domains{}, err
	}
	signing, err := p.cfg.SigningKey()
	if err != nil {
		return domains{}, err
	}
	key, err := auth.NewKey(signing)
	if err != nil {
		return domains{}, err
	}
	boxSecret, err := booking.Secret(signing)
	if err != nil {
		return domains{}, err
	}
	var d domains
	if d.embedded, err = newCounted(p.metrics); err != nil {
		return domains{}, err
	}
	if d.remote, err = newRemote(p); err != nil {
		return domains{}, err
	}
	d.refusals = newRefusals()
	limits := limit.New(p.redis, bool(p.cfg.RateLimits)).Counted(d.refusals)
	d.bus = d.newBus(p)
	d.accounts = account.NewService(p.db, room.UserChanged, d.bus, time.Now)
	if d.mails, d.tray, err = newMails(p); err != nil {
		return domains{}, err
	}
	d.auth = auth.NewService(p.db, p.redis, passwords, d.bus, time.Now, auth.Config{
		Issuer: p.cfg.PublicURL, Key: key, RateLimits: bool(p.cfg.RateLimits), Mails: d.mails, Refusals: d.refusals,
	})
	d.stats = stats.NewService(stats.Deps{
		DB: p.db, Redis: p.redis, Zone: p.cfg.TimeZone.Location(), Spent: d.remote.spent(), Now: p.now, Log: p.log,
		Online: func(ctx context.Context) stats.Online { return stats.Online(d.bus.Connected(ctx)) },
	})
	d.messages = message.NewService(p.db, p.cfg.Emotion, d.embedded, d.stats.Listen(d.remote.listen(d.bus)), p.now, p.log)
	d.analysis = d.remote.analysis(p, d.messages)
	d.standings = standing.NewService(p.db, time.Now)
	d.recent = message.NewRecent(p.db, p.cfg.Emotion, storage.NewCache(p.redis, "emosation:recent:"+p.epoch+":"+wire.Form()+":"+string(p.cfg.Emotion)+":", recentTTL, time.Now), wire.Cut, time.Now)
	d.rooms = room.NewService(room.Deps{
		DB: p.db, AreFriends: friend.AreFriends, Selections: order.Drop, Journal: d.messages, Events: d.bus, Emotion: p.cfg.Emotion,
		Passwords: passwords.WithCost(room.PasswordCost), Limits: limits, BoxSecret: boxSecret, Signer: key,
		MaxCapacity: int(p.cfg.RoomMaxCapacity), Now: p.now, Log: p.log,
	})
	d.directory = directory.NewService(p.db, presence{d.bus}, time.Now)
	d.friends = friend.NewService(p.db, d.rooms, presence{d.bus}, d.bus, time.Now)
	d.bookings = booking.NewService(p.db, limits, boxSecret, p.now)
	d.search = search.NewService(p.db, limits, p.now, p.log)
	d.orders = order.NewService(p.db, d.messages, d.bus, p.now)
	d.mood = mood.NewService(mood.Deps{
		DB: p.db, Limits: limits, Mode: p.cfg.Emotion, Zone: p.cfg.TimeZone.Location(), Summaries: d.remote.summaries(), Now: p.now, Log: p.log,
	})
	d.announcements = announcement.NewService(announcement.Deps{DB: p.db, Events: d.bus, Present: d.present, Now: time.Now, Log: p.log})
	d.lifecycle = lifecycle.NewService(lifecycle.Deps{
		DB: p.db, Rooms: d.rooms, Friends: d.friends, Messages: d.messages, Mails: d.mails, Passwords: passwords, Events: d.bus, Forget: d.forget,
		PurgeAfter: p.cfg.PurgeAfterDays.Duration(), Now: time.Now, Log: p.log,
	})
	return d, d.measure(p)
}

// newBus makes what tells everybody connected what happens, and asks the other domains about it once they are there.
func (d *domains) newBus(p parts) *realtime.Bus {
	return realtime.NewBus(realtime.Options{
		Redis: p.redis, Epoch: p.epoch, Encode: ws.Encode, Now: time.Now, Log: p.log,
		PresenceChanged: func(ctx context.Context, user int64, online bool) {
			d.tellFriends(ctx, p.log, account.ID(user), online)
		},
		Missed: func(ctx context.Context, id, sinceRev int64) ([]realtime.Delivery, bool, error) {
			return d.missed(ctx, room.ID(id), sinceRev)
		},
		Standing: d.standing, Heads: d.heads, Reads: d.reads, EncodeSignals: ws.EncodeSignals, Moved: ws.Moved, Renewed: ws.Renewed,
		Stale: func(id int64) {
			d.messages.Doubt(room.ID(id))
			d.recent.Doubt(room.ID(id))
		},
	})
}

// forget drops what is kept of rooms outside of SQL.
func (d *domains) forget(ctx context.Context, rooms []room.ID) {
	for _, id := range rooms {
		d.recent.Forget(ctx, id)
	}
}

// workers are what runs as long as the program does.
func (d *domains) workers() []func(context.Context) error {
	return append(d.remote.workers(d.analysis), d.bus.Run, d.messages.Run, d.rooms.Run, d.search.Run, d.lifecycle.Run, d.mood.Run, d.stats.Run, d.mails.Run, d.announcements.Run)
}

// present tells who has a connection on this node.
func (d *domains) present() []account.ID {
	users := d.bus.Present()
	ids := make([]account.ID, len(users))
	for i, user := range users {
		ids[i] = account.ID(user)
	}
	return ids
}

// standing tells which rooms sessions receive the events of, and whether they go on: two statements for all of them.
func (d *domains) standing(ctx context.Context, clients []realtime.Client) ([]realtime.Standing, error) {
	who := make([]auth.Principal, len(clients))
	people := make([]account.ID, len(clients))
	for i, c := range clients {
		who[i] = auth.Principal{User: account.ID(c.User), Session: auth.SessionID(c.Session)}
		people[i] = who[i].User
	}
	alive, err := d.auth.Living(ctx, who)
	if err != nil {
		return nil, err
	}
	joined, err := d.rooms.JoinedOf(ctx, people)
	if err != nil {
		return nil, err
	}
	list := make([]realtime.Standing, len(clients))
	for i, p := range who {
		if alive[p] {
			list[i] = realtime.Standing{Alive: true, Rooms: ws.Heads(joined[p.User])}
		}
	}
	return list, nil
}

// heads tells how far rooms have come.
func (d *domains) heads(ctx context.Context, rooms []int64) ([]realtime.Head, error) {
	ids := make([]room.ID, len(rooms))
	for i, id := range rooms {
		ids[i] = room.ID(id)
	}
	revs, err := d.rooms.Revs(ctx, ids)
	return ws.Heads(revs), err
}

// reads tells how far the members of a crowd have read.
func (d *domains) reads(ctx context.Context, id int64) ([]realtime.Tally, error) {
	list, err := d.rooms.Reads(ctx, room.ID(id))
	tallies := make([]realtime.Tally, len(list))
	for i, t := range list {
		tallies[i] = realtime.Tally(t)
	}
	return tallies, err
}

// missed returns what connections of a room have not been sent, as it is now.
func (d *domains) missed(ctx context.Context, id room.ID, sinceRev int64) (list []realtime.Delivery, more bool, err error) {
	changes, more, err := d.messages.Since(ctx, id, sinceRev)
	for _, m := range changes {
		list = append(list, ws.Encode(message.Changed{Message: m})...)
	}
	return list, more, err
}

// tellFriends says to a person's friends that they came or went.
func (d *domains) tellFriends(ctx context.Context, log *zap.Logger, user account.ID, online bool) {
	friends, err := d.friends.Friends(ctx, user)
	if err != nil {
		log.Error("friends were not told of a presence", zap.Error(err))
		return
	}
	d.bus.Deliver(ws.Presence(friends, user, online))
}

// presence shows the bus to the friend domain in its own words.
type presence struct{ bus *realtime.Bus }

// Online implements what package friend asks for.
func (p presence) Online(ctx context.Context, ids []account.ID) (map[account.ID]bool, error) {
	users := make([]int64, len(ids))
	for i, id := range ids {
		users[i] = int64(id)
	}
	online := make(map[account.ID]bool, len(ids))
	for user, is := range p.bus.Online(ctx, users) {
		online[account.ID(user)] = is
	}
	return online, nil
}
