package message

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"golang.org/x/sync/singleflight"
	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/memo"
	"github.com/emosation/emosation/internal/room"
)

const (
	// recentBytes is what the snapshots in this process may take: those of a few hundred rooms.
	recentBytes = 64 << 20
	// rewriteAfter spares Redis a busy room: others make up what was said since.
	rewriteAfter = 250 * time.Millisecond
	// mergeable is how many changes are read one by one; after more it is quicker to begin anew.
	mergeable = MaxPage
	// loadPatience bounds one load, whoever waits for it.
	loadPatience = 10 * time.Second
)

// cache keeps snapshots where all nodes find them. It may forget, and it may be wrong.
type cache interface {
	Get(ctx context.Context, key string) (text string, ok bool)
	Put(ctx context.Context, key, text string)
	Drop(ctx context.Context, key string)
}

// Recent answers for the end of a room's history without asking the database for it. What it remembers is the room as of one
// LastRev and MembersRev, and it answers with that only when the database, asked after the request came in, says that they are
// these still. So an answer is never older than its request, whatever the cache, the other nodes or the net do. All methods may
// be called from many goroutines.
type Recent struct {
	db       *gorm.DB
	operator emotion.Mode
	cache    cache
	encode   func(Message) Pieces
	now      func() time.Time
	near     *memo.Memo[room.ID, *snapshot]
	loads    singleflight.Group // by what is loaded: all who saw a room alike wait for one load
}

// NewRecent needs an open database whose schema is up to date. The cache's keys must differ between programs that encode
// differently, and between operators.
func NewRecent(db *gorm.DB, operator emotion.Mode, c cache, encode func(Message) Pieces, now func() time.Time) *Recent {
	return &Recent{db: db, operator: operator, cache: c, encode: encode, now: now, near: memo.New[room.ID, *snapshot](recentBytes)}
}

// Excerpt returns the part of the history that a checked cursor asks for, to a member who saw the room like that a moment ago. ok is false when it
// has to be read from the database, for it lies further back.
func (r *Recent) Excerpt(ctx context.Context, at room.Sight, to Reader, c Cursor) (e Excerpt, ok bool, err error) {
	if !c.recent(at) {
		return Excerpt{}, false, nil
	}
	s, known := r.near.Get(at.ID)
	if !known || !s.shows(at) {
		if s, err = r.look(ctx, at); err != nil || s == nil {
			return Excerpt{}, false, err
		}
	}
	e, ok = s.excerpt(at, to, c)
	return e, ok, nil
}

// Forget drops what is kept of a room, here and where all nodes find it.
func (r *Recent) Forget(ctx context.Context, id room.ID) {
	r.near.Drop(id)
	r.cache.Drop(ctx, cacheKey(id))
}

// Doubt drops what is kept of a room here.
func (r *Recent) Doubt(id room.ID) { r.near.Drop(id) }

// look finds or makes the snapshot of a room as it was seen. It returns nil for a room that cannot be kept like that.
func (r *Recent) look(ctx context.Context, at room.Sight) (*snapshot, error) {
	key := fmt.Sprint(at.ID, at.CreatedAt.UnixMicro(), at.LastRev, at.MembersRev)
	loading := r.loads.DoChan(key, func() (any, error) {
		bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), loadPatience)
		defer cancel()
		return r.renew(bounded, at)
	})
	select {
	case loaded := <-loading:
		s, _ := loaded.Val.(*snapshot)
		return s, loaded.Err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// renew takes what is kept, brings it up to date if need be, and keeps that.
func (r *Recent) renew(ctx context.Context, at room.Sight) (*snapshot, error) {
	base, _ := r.near.Get(at.ID)
	wrote := time.Time{}
	if base != nil {
		wrote = base.wrote
	}
	if !base.leadsTo(at) {
		base = nil
	}
	if base != nil && base.shows(at) {
		return base, nil // somebody was quicker
	}
	if kept := r.kept(ctx, at.ID); kept.leadsTo(at) && (base == nil || kept.lastRev > base.lastRev) {
		if base = kept; base.shows(at) {
			base.wrote = wrote
			r.near.Put(at.ID, base, base.cost())
			return base, nil
		}
	}
	s, err := r.load(ctx, at, base)
	if err != nil || s == nil {
		return nil, err
	}
	s.wrote = wrote
	if now := r.now(); now.Sub(wrote) >= rewriteAfter {
		s.wrote = now
		r.cache.Put(ctx, cacheKey(at.ID), string(s.encode()))
	}
	r.near.Put(at.ID, s, s.cost())
	return s, nil
}

// kept returns what is in the cache for a room; what cannot be read is nothing.
func (r *Recent) kept(ctx context.Context, id room.ID) *snapshot {
	text, ok := r.cache.Get(ctx, cacheKey(id))
	if !ok {
		return nil
	}
	s, err := decodeSnapshot(text)
	if err != nil {
		return nil
	}
	return s
}

func cacheKey(id room.ID) string { return strconv.FormatInt(int64(id), 10) }

// load makes a snapshot from the database: the changes since base, or everything. at was seen before, so nothing of what the
// snapshot says it holds can be missed.
func (r *Recent) load(ctx context.Context, at room.Sight, base *snapshot) (*snapshot, error) {
	db := r.db.WithContext(ctx)
	if base != nil && at.LastRev-base.lastRev <= mergeable {
		changed, err := load(db, r.operator, at.ID, selectMessages(db).Where("m.room_id = ? AND m.rev > ?", at.ID, base.lastRev).
			Order("m.rev").Limit(2*mergeable))
		if err != nil {
			return nil, fmt.Errorf("changes of room %d: %w", at.ID, err)
		}
		if s := base.with(at, r.entries(changed)); s != nil && len(changed) < 2*mergeable {
			return s, nil
		}
	}
	all, err := load(db, r.operator, at.ID, selectMessages(db).Where("m.room_id = ?", at.ID).Order("m.seq DESC").Limit(MaxPage))
	if err != nil {
		return nil, fmt.Errorf("latest messages of room %d: %w", at.ID, err)
	}
	return (*snapshot)(nil).with(at, r.entries(all)), nil
}

func (r *Recent) entries(list []Message) []entry {
	entries := make([]entry, len(list))
	for i, m := range list {
		entries[i] = entry{seq: m.Seq, rev: m.Rev, sender: m.Sender, share: m.Share, pieces: r.encode(m)}
	}
	return entries
}
