package lifecycle

import (
	"context"
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"github.com/emosation/emosation/internal/account"
)

const (
	settleEvery = time.Minute
	purgeEvery  = time.Hour
)

// Run finishes what was closed, restored or being forgotten before a crash, every minute, and purges after the first one and then every hour, until ctx
// ends. Any number of nodes may do so.
func (s *Service) Run(ctx context.Context) error {
	settle, purge := time.NewTicker(settleEvery), time.NewTicker(purgeEvery)
	defer settle.Stop()
	defer purge.Stop()
	for begun := false; ; begun = true {
		var err error
		select {
		case <-settle.C:
			if err = s.settling.Run(ctx, s.Settle); !begun { // what a crash has interrupted goes on
				err = errors.Join(err, s.purging.Run(ctx, s.Purge))
			}
		case <-purge.C:
			err = s.purging.Run(ctx, s.Purge)
		case <-ctx.Done():
			return nil
		}
		if err != nil && ctx.Err() == nil {
			s.Log.Error("accounts were not settled or purged", zap.Error(err))
		}
	}
}

// Metrics are what an operator sees of the work that Run does.
func (s *Service) Metrics() []prometheus.Collector {
	return []prometheus.Collector{s.settling, s.purging}
}

// Settle finishes what has begun to be closed, restored or forgotten. What another node does at this moment is done twice, to no effect.
func (s *Service) Settle(ctx context.Context) error {
	rooms, failed := s.Messages.ForgetRest(ctx)
	s.Forget(ctx, rooms)
	for step, follow := range map[account.Step]func(context.Context, account.ID) error{
		account.Closing: s.withdraw, account.Restoring: s.readmit,
	} {
		ids, err := account.Unsettled(s.DB.WithContext(ctx), step)
		if err != nil {
			return err
		}
		for _, id := range ids {
			failed = errors.Join(failed, follow(ctx, id))
		}
	}
	return failed
}
