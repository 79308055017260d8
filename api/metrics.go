package main

import (
	"errors"
	"slices"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/emosation/emosation/api/rest"
	"github.com/emosation/emosation/api/ws"
	"github.com/emosation/emosation/internal/auth"
	"github.com/emosation/emosation/internal/booking"
	"github.com/emosation/emosation/internal/limit"
	"github.com/emosation/emosation/internal/mood"
	"github.com/emosation/emosation/internal/preview"
	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/search"
	"github.com/emosation/emosation/internal/storage"
)

// newRefusals knows every rule that attempts are counted by.
func newRefusals() *limit.Refusals {
	return limit.NewRefusals(auth.Rules(), room.Rules(), booking.Rules(), mood.Rules(), search.Rules(), preview.Rules(), rest.Rules(), ws.Rules())
}

// measure registers what the parts and the domains tell an operator, beside what they have registered themselves.
func (d *domains) measure(p parts) error {
	return register(p.metrics, slices.Concat(
		[]prometheus.Collector{d.refusals}, storage.Metrics(p.db), storage.RedisMetrics(p.redis), d.auth.Metrics(), d.messages.Metrics(), d.bus.Metrics(),
		d.rooms.Metrics(), d.search.Metrics(), d.mood.Metrics(), d.stats.Metrics(), d.announcements.Metrics(), d.lifecycle.Metrics(),
	)...)
}

func register(registry prometheus.Registerer, list ...prometheus.Collector) error {
	var failed error
	for _, c := range list {
		failed = errors.Join(failed, registry.Register(c))
	}
	return failed
}
