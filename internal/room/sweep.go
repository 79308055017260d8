package room

import (
	"context"
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"
	"gorm.io/gorm"
)

const (
	sweepEvery = 5 * time.Second
	sweepBatch = 200
	// Before it ends by itself, a room is warned this many minutes earlier.
	firstWarning = 15
	lastWarning  = 5
)

// Run sweeps every few seconds until ctx ends. Any number of nodes may do so.
func (s *Service) Run(ctx context.Context) error {
	ticker := time.NewTicker(sweepEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			if err := s.sweeping.Run(ctx, s.Sweep); err != nil && ctx.Err() == nil {
				s.log.Error("rooms whose time is over were not looked for", zap.Error(err))
			}
		case <-ctx.Done():
			return nil
		}
	}
}

// Metrics are what an operator sees of the work that Run does.
func (s *Service) Metrics() []prometheus.Collector { return []prometheus.Collector{s.sweeping} }

// Sweep ends the rooms whose time is over, which frees their boxes, and warns those that end soon. A room that fails is
// logged, and tried again next time.
func (s *Service) Sweep(ctx context.Context) error {
	last := ID(0)
	for {
		ids, err := findDue(s.db.WithContext(ctx), s.timestamp(), last)
		if err != nil {
			return fmt.Errorf("find rooms whose time is over: %w", err)
		}
		for _, id := range ids {
			err := s.journal.Record(ctx, func(tx *gorm.DB, now time.Time) (Record, error) { return sweep(tx, id, now) })
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err != nil {
				s.log.Error("a room was not swept", zap.Int64("room", int64(id)), zap.Error(err))
			}
		}
		if len(ids) < sweepBatch {
			return nil
		}
		last = ids[len(ids)-1]
	}
}

// findDue returns some rooms after last that have to be ended or warned.
func findDue(db *gorm.DB, now time.Time, last ID) ([]ID, error) {
	var ids []ID
	err := db.Model(&roomRow{}).Where("state = ? AND closes_at <= ? AND id > ?", Open, now.Add(firstWarning*time.Minute), last).
		Where("(closes_at <= ? OR closes_at <= ? AND warned <> ? OR warned = 0)", now, now.Add(lastWarning*time.Minute), lastWarning).
		Order("id").Limit(sweepBatch).Pluck("id", &ids).Error
	return ids, err
}

// sweep decides again what is due, now that the room is locked: another node may have done it, or the host may have
// extended the room.
func sweep(tx *gorm.DB, id ID, now time.Time) (Record, error) {
	rooms, err := Lock(tx, []ID{id})
	if err != nil {
		return Record{}, err
	}
	r := rooms[id]
	if r == nil || r.State != Open || r.ClosesAt == nil {
		return Record{}, nil
	}
	switch left := r.ClosesAt.Sub(now); {
	case left <= 0:
		if err := r.end(tx, now); err != nil {
			return Record{}, err
		}
		return r.tell(0, r.changed(ChangeClosed, 0), Line{Code: LineExpired}), nil
	case left <= lastWarning*time.Minute && r.warned != lastWarning:
		r.warned = lastWarning
	case left <= firstWarning*time.Minute && r.warned == 0:
		r.warned = firstWarning
	default:
		return Record{}, nil
	}
	line := Line{Code: LineWarning, Number: int64(r.warned)}
	return Record{Room: r, Lines: []Line{line}}, r.save(tx)
}
