package room_test

import (
	"flag"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/booking"
	"github.com/emosation/emosation/internal/fault"
	"github.com/emosation/emosation/internal/room"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// What people do to rooms in any order leaves them as a model says, which is simple enough to be looked through.
func TestNoSequenceOfCommandsBreaksARoom(t *testing.T) {
	bound(t, "rapid.checks", "15")
	bound(t, "rapid.steps", "60")
	bound(t, "rapid.nofailfile", "true")
	eachWorld(t, func(t *testing.T, w *world) {
		actors := w.persons(t, 5)
		checks := 0
		rapid.Check(t, func(rt *rapid.T) {
			checks++
			m := &model{
				w: w, t: t, rt: rt, actors: actors, places: []room.Pickup{w.place(t), w.place(t)},
				titles: []string{fmt.Sprint("day ", checks), fmt.Sprint("night ", checks), fmt.Sprint("noon ", checks)},
			}
			w.clock.Advance(24 * time.Hour) // nothing that was before has anything to say any more
			require.NoError(t, w.rooms.Sweep(t.Context()))
			w.events.Take()
			m.create()
			rt.Repeat(map[string]func(*rapid.T){
				"":           func(*rapid.T) { m.compare() },
				"create":     func(*rapid.T) { m.create() },
				"join":       func(*rapid.T) { m.join() },
				"join again": func(*rapid.T) { m.join() }, // or rooms stay empty
				"leave":      func(*rapid.T) { m.leave() },
				"kick":       func(*rapid.T) { m.kick() },
				"hand over":  func(*rapid.T) { m.handOver() },
				"rename":     func(*rapid.T) { m.rename() },
				"resize":     func(*rapid.T) { m.resize() },
				"lock":       func(*rapid.T) { m.lock() },
				"extend":     func(*rapid.T) { m.extend() },
				"set phase":  func(*rapid.T) { m.setPhase() },
				"close":      func(*rapid.T) { m.close() },
				"arrive":     func(*rapid.T) { m.arrive() },
				"draw":       func(*rapid.T) { m.draw() },
				"use box":    func(*rapid.T) { m.useBox() },
				"wait":       func(*rapid.T) { m.wait() },
			})
		})
	})
}

// bound sets a flag of rapid until the test ends, unless whoever runs it has set it.
func bound(t *testing.T, name, value string) {
	t.Helper()
	f := flag.Lookup(name)
	if f.Value.String() != f.DefValue {
		return
	}
	require.NoError(t, f.Value.Set(value))
	t.Cleanup(func() { require.NoError(t, f.Value.Set(f.DefValue)) })
}

// model is what should be true of some rooms.
type model struct {
	w       *world
	t       *testing.T
	rt      *rapid.T
	actors  []account.ID
	places  []room.Pickup
	titles  []string
	rooms   []*modelRoom
	changes []room.Changed // to be told since the last comparison
}

type modelRoom struct {
	id         room.ID
	title      string
	password   string
	capacity   int
	pickup     *room.Pickup
	state      room.State
	host       account.ID
	seats      map[account.ID]room.MemberState
	queue      []account.ID // who is joined, in the order of joining
	phase      room.Phase
	ends       time.Time
	extensions int
	warned     int
	version    int64
	lines      []room.LineCode
}

// chance is one of six.
func (m *model) chance(what string) bool { return rapid.IntRange(0, 5).Draw(m.rt, what) == 5 }

// room is mostly one that is open.
func (m *model) room() *modelRoom {
	rooms := slices.DeleteFunc(slices.Clone(m.rooms), func(r *modelRoom) bool { return r.state != room.Open })
	if len(rooms) == 0 || m.chance("any room") {
		rooms = m.rooms
	}
	return rapid.SampledFrom(rooms).Draw(m.rt, "room")
}

func (m *model) actor() account.ID { return rapid.SampledFrom(m.actors).Draw(m.rt, "actor") }

// newcomer is mostly somebody who may come in.
func (m *model) newcomer(r *modelRoom) account.ID {
	outside := slices.DeleteFunc(slices.Clone(m.actors), func(who account.ID) bool {
		return r.seats[who] == room.Joined || r.seats[who] == room.Kicked
	})
	if len(outside) == 0 || m.chance("any newcomer") {
		return m.actor()
	}
	return rapid.SampledFrom(outside).Draw(m.rt, "newcomer")
}

// leader is mostly the host.
func (m *model) leader(r *modelRoom) account.ID {
	if r.host == 0 || m.chance("any leader") {
		return m.actor()
	}
	return r.host
}

// other is mostly a member.
func (m *model) other(r *modelRoom) account.ID {
	if len(r.queue) == 0 || m.chance("any other") {
		return m.actor()
	}
	return rapid.SampledFrom(r.queue).Draw(m.rt, "other")
}

// expect draws whether the command comes from somebody who has seen the room as it is, or another one.
func (m *model) expect(r *modelRoom) (e room.Expected, stale bool) {
	stale = m.chance("stale")
	e = room.Expected{Version: r.version, Given: stale || m.chance("version")}
	if stale {
		e.Version++
	}
	return e, stale
}

// is compares a command's error with the first of the reasons that hold against it, and tells whether it was done.
func (m *model) is(err error, reasons ...error) bool {
	m.t.Helper()
	m.w.clock.Advance(time.Second)
	for _, want := range reasons {
		if want != nil {
			require.ErrorIs(m.rt, err, want)
			return false
		}
	}
	require.NoError(m.rt, err)
	return true
}

func when(is bool, err error) error {
	if is {
		return err
	}
	return nil
}

func (r *modelRoom) notMember(who account.ID) error {
	return when(r.seats[who] != room.Joined, room.ErrNotFound)
}
func (r *modelRoom) notOpen() error               { return when(r.state != room.Open, room.ErrClosed) }
func (r *modelRoom) notHost(who account.ID) error { return when(r.host != who, room.ErrHostOnly) }
func (r *modelRoom) notPickup() error             { return when(r.pickup == nil, room.ErrNotPickup) }

func (m *model) tell(r *modelRoom, c room.Change, user account.ID, line room.LineCode) {
	r.lines = append(r.lines, line)
	changed := room.Changed{Room: r.id, Change: c, State: r.state, User: user}
	if c == room.ChangeJoined {
		changed.Rev = int64(len(r.lines)) - 1
	}
	m.changes = append(m.changes, changed)
}

func (m *model) create() {
	if len(m.rooms) == 4 {
		m.rt.Skip("enough rooms")
	}
	host, title := m.actor(), rapid.SampledFrom(m.titles).Draw(m.rt, "title")
	r := &modelRoom{
		title: title, capacity: rapid.IntRange(2, 5).Draw(m.rt, "capacity"), state: room.Open, host: host,
		seats: map[account.ID]room.MemberState{host: room.Joined}, queue: []account.ID{host},
	}
	n := room.NewRoom{Title: title, Capacity: r.capacity}
	if m.chance("password") {
		r.password = "moonlight"
		n.Password = &r.password
	}
	booked := false
	if !m.chance("plain") {
		place := rapid.SampledFrom(m.places).Draw(m.rt, "place")
		r.pickup, n.Pickup = &place, &place
		r.phase, r.ends = room.Created, m.w.clock.Now().Add(3*time.Hour)
		booked = m.holder(place.Box) != nil
	}
	mine, _, err := m.w.rooms.Create(m.t.Context(), host, n)
	if m.is(err, when(booked, booking.ErrBoxBooked), m.taken(nil, title)) {
		r.id = mine.ID
		m.rooms = append(m.rooms, r)
		m.tell(r, room.ChangeJoined, host, room.LineCreated)
	}
}

func (m *model) holder(box booking.BoxID) *modelRoom {
	for _, r := range m.rooms {
		if r.state == room.Open && r.pickup != nil && r.pickup.Box == box {
			return r
		}
	}
	return nil
}

func (m *model) taken(own *modelRoom, title string) error {
	for _, r := range m.rooms {
		if r != own && r.state == room.Open && r.title == title {
			return room.ErrTitleTaken
		}
	}
	return nil
}

func (m *model) join() {
	r := m.room()
	who := m.newcomer(r)
	var e room.Entry
	switch rapid.IntRange(0, 5).Draw(m.rt, "entry") {
	case 5:
		e.Password = ptr("starlight")
	case 4:
	default:
		e.Password = ptr(r.password)
	}
	_, joined, err := m.w.rooms.Join(m.t.Context(), who, r.id, e)
	if r.seats[who] == room.Joined {
		m.is(err)
		require.False(m.rt, joined)
		return
	}
	if !m.is(err,
		when(r.seats[who] == room.Kicked, room.ErrKicked),
		r.notOpen(),
		when(r.pickup != nil && r.phase != room.Created, room.ErrJoiningClosed),
		when(len(r.queue) >= r.capacity, room.ErrFull),
		when(r.password != "" && e.Password == nil, room.ErrPasswordRequired),
		when(r.password != "" && e.Password != nil && *e.Password != r.password, room.ErrPasswordWrong),
	) {
		return
	}
	require.True(m.rt, joined)
	r.seats[who] = room.Joined
	r.queue = append(r.queue, who)
	m.tell(r, room.ChangeJoined, who, room.LineJoined)
}

func (r *modelRoom) out(who account.ID, state room.MemberState) {
	r.seats[who] = state
	r.queue = slices.DeleteFunc(r.queue, func(id account.ID) bool { return id == who })
}

func (m *model) leave() {
	r := m.room()
	who := m.other(r)
	if !m.is(m.w.rooms.Leave(m.t.Context(), who, r.id), r.notMember(who)) {
		return
	}
	lines := r.lines
	r.out(who, room.Left)
	m.tell(r, room.ChangeLeft, who, room.LineLeft)
	switch {
	case len(r.queue) > 0 && r.host == who:
		r.host = r.queue[0]
		r.version++
		m.tell(r, room.ChangeHost, r.host, room.LineHost)
	case len(r.queue) == 0:
		r.host = 0
		if r.state == room.Open {
			m.end(r, room.LineEmptied)
			return
		}
	}
	if r.state != room.Open {
		r.lines = lines
	}
}

func (m *model) end(r *modelRoom, line room.LineCode) {
	r.state, r.ends = room.Closed, time.Time{}
	r.version++
	m.tell(r, room.ChangeClosed, 0, line)
}

func (r *modelRoom) notOther(who, user account.ID) []error {
	return []error{
		r.notMember(who), r.notOpen(), r.notHost(who), when(who == user, room.ErrSelf), when(r.seats[user] != room.Joined, room.ErrMember),
	}
}

func (m *model) kick() {
	r := m.room()
	who, user := m.leader(r), m.other(r)
	if m.is(m.w.rooms.Kick(m.t.Context(), who, r.id, user), r.notOther(who, user)...) {
		r.out(user, room.Kicked)
		m.tell(r, room.ChangeKicked, user, room.LineKicked)
	}
}

func (m *model) handOver() {
	r := m.room()
	who, user := m.leader(r), m.other(r)
	_, err := m.w.rooms.TransferHost(m.t.Context(), who, r.id, user)
	if m.is(err, r.notOther(who, user)...) {
		r.host = user
		r.version++
		m.tell(r, room.ChangeHost, user, room.LineHost)
	}
}

func (m *model) update(u room.Update, same func(*modelRoom) bool, wrong func(*modelRoom) error, do func(*modelRoom) room.LineCode) {
	r := m.room()
	who := m.leader(r)
	e, stale := m.expect(r)
	_, err := m.w.rooms.Update(m.t.Context(), who, r.id, u, e)
	if m.is(err, r.notMember(who), r.notOpen(), r.notHost(who), when(stale, room.ErrVersion), wrong(r)) && !same(r) {
		line := do(r)
		r.version++
		m.tell(r, room.ChangeSettings, 0, line)
	}
}

func (m *model) rename() {
	title := rapid.SampledFrom(m.titles).Draw(m.rt, "title")
	m.update(room.Update{Title: &title},
		func(r *modelRoom) bool { return r.title == title },
		func(r *modelRoom) error { return m.taken(r, title) },
		func(r *modelRoom) room.LineCode { r.title = title; return room.LineRenamed })
}

func (m *model) resize() {
	capacity := rapid.IntRange(1, 5).Draw(m.rt, "capacity")
	m.update(room.Update{Capacity: &capacity},
		func(r *modelRoom) bool { return r.capacity == capacity },
		func(r *modelRoom) error { return when(capacity < len(r.queue), room.ErrTooSmall) },
		func(r *modelRoom) room.LineCode { r.capacity = capacity; return room.LineCapacity })
}

func (m *model) lock() {
	never := func(*modelRoom) error { return nil }
	if m.chance("unlock") {
		m.update(room.Update{RemovePassword: true}, func(r *modelRoom) bool { return r.password == "" }, never,
			func(r *modelRoom) room.LineCode { r.password = ""; return room.LinePasswordRemoved })
		return
	}
	password := rapid.SampledFrom([]string{"moonlight", "sunshine"}).Draw(m.rt, "password")
	m.update(room.Update{Password: &password}, func(*modelRoom) bool { return false }, never,
		func(r *modelRoom) room.LineCode { r.password = password; return room.LinePasswordSet })
}

func (m *model) extend() {
	r, hours := m.room(), rapid.IntRange(0, 2).Draw(m.rt, "hours")
	who := m.leader(r)
	e, stale := m.expect(r)
	_, err := m.w.rooms.Extend(m.t.Context(), who, r.id, hours, e)
	if m.is(err, when(hours == 0, fault.ErrInvalid), r.notMember(who), r.notOpen(), r.notHost(who), r.notPickup(),
		when(stale, room.ErrVersion), when(r.extensions == 3, room.ErrExtensions)) {
		r.ends = r.ends.Add(time.Duration(hours) * time.Hour)
		r.extensions++
		r.warned = 0
		r.version++
		m.tell(r, room.ChangeExtended, 0, room.LineExtended)
	}
}

func (m *model) setPhase() {
	r := m.room()
	who := m.leader(r)
	phases := []room.Phase{room.Created, room.OrderStarted, room.OrderCompleted, room.DeliveryInProgress, room.Delivered}
	at := slices.Index(phases, r.phase)
	to := rapid.IntRange(0, len(phases)-1).Draw(m.rt, "phase")
	if next := at + 1; next < len(phases) && !m.chance("any") {
		to = next
	}
	e, stale := m.expect(r)
	_, err := m.w.rooms.SetPhase(m.t.Context(), who, r.id, phases[to], e)
	if m.is(err, r.notMember(who), r.notOpen(), r.notHost(who), r.notPickup(), when(stale, room.ErrVersion),
		when(to != at && to != at+1, room.ErrPhaseOrder)) && to != at {
		r.phase = phases[to]
		r.version++
		m.tell(r, room.ChangePhase, 0, room.LinePhase)
	}
}

func (m *model) close() {
	r, who := m.room(), m.actor()
	e, stale := m.expect(r)
	_, err := m.w.rooms.Close(m.t.Context(), who, r.id, e)
	if m.is(err, r.notMember(who), r.notOpen(), r.notHost(who), when(stale, room.ErrVersion)) {
		m.end(r, room.LineClosed)
	}
}

func (m *model) arrive() {
	r := m.room()
	if m.is(m.w.rooms.Arrived(m.t.Context(), r.id), when(r.pickup == nil || r.state != room.Open, booking.ErrNotBooked),
		when(r.phase == room.Created, room.ErrNothingExpected)) && r.phase != room.Delivered {
		r.phase = room.Delivered
		r.version++
		m.tell(r, room.ChangePhase, 0, room.LineArrived)
	}
}

func (m *model) draw() {
	r, count := m.room(), rapid.IntRange(1, 3).Draw(m.rt, "count")
	who := m.other(r)
	drawn, _, err := m.w.rooms.Draw(m.t.Context(), who, r.id, count, "")
	if m.is(err, r.notMember(who), r.notOpen(), when(count > len(r.queue), fault.ErrInvalid)) {
		require.Subset(m.rt, r.queue, drawn)
		r.lines = append(r.lines, room.LineDrawn)
	}
}

func (m *model) useBox() {
	r := m.room()
	who := m.other(r)
	_, err := m.w.rooms.BoxCode(m.t.Context(), who, r.id)
	if m.is(err, r.notMember(who), r.notOpen(), r.notPickup()) {
		require.NoError(m.rt, m.w.rooms.BoxOpened(m.t.Context(), r.id, who))
		r.lines = append(r.lines, room.LineBoxOpened)
	}
}

func (m *model) wait() {
	m.w.clock.Advance(time.Duration(rapid.SampledFrom([]int{1, 5, 11, 40}).Draw(m.rt, "minutes")) * time.Minute)
	require.NoError(m.rt, m.w.rooms.Sweep(m.t.Context()))
	for _, r := range m.rooms {
		if r.state != room.Open || r.pickup == nil {
			continue
		}
		switch left := r.ends.Sub(m.w.clock.Now()); {
		case left <= 0:
			m.end(r, room.LineExpired)
		case left <= 5*time.Minute && r.warned != 5:
			r.warned = 5
			r.lines = append(r.lines, room.LineWarning)
		case left <= 15*time.Minute && r.warned == 0:
			r.warned = 15
			r.lines = append(r.lines, room.LineWarning)
		}
	}
}
