package stats

import (
	"context"
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/emosation/emosation/internal/observability"
	"github.com/emosation/emosation/internal/room"
)

const (
	// onlineEvery and roomsEvery are how old may be what the metrics say of who is here and of rooms.
	onlineEvery = 15 * time.Second
	roomsEvery  = 30 * time.Second
	// calm is how many times as long as a count of the rooms took, nothing is counted after it: with very many of them it is
	// a long walk along an index.
	calm = 100
)

// samples are what an operator sees of the numbers that all nodes know together: every node tells the same. They are counted now and
// again, and not when they are asked for.
type samples struct {
	flushing, rolling, counting *observability.Job
	users, sessions             prometheus.Gauge
	rooms                       *prometheus.GaugeVec
}

// noPhase is the phase of rooms without a pickup.
const noPhase = "none"

func newSamples() *samples {
	gauge := func(name, help string) prometheus.Gauge {
		return prometheus.NewGauge(prometheus.GaugeOpts{Name: name, Help: help})
	}
	m := &samples{
		flushing: observability.NewJob("statistics"), rolling: observability.NewJob("statistics_roll_up"), counting: observability.NewJob("census"),
		users:    gauge("emosation_users_online", "People with an open connection to any node, as of the last 15 seconds. Every node tells the same."),
		sessions: gauge("emosation_sessions_online", "Sign-ins with an open connection to any node, as of the last 15 seconds. Every node tells the same."),
		rooms: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "emosation_rooms", Help: "Rooms that are not closed, by kind and by the phase of their pickup, as they were last counted. Every node tells the same.",
		}, []string{"kind", "phase"}),
	}
	m.count(nil)
	return m
}

// Metrics are what an operator sees of how the server is used.
func (s *Service) Metrics() []prometheus.Collector {
	m := s.samples
	return []prometheus.Collector{m.flushing, m.rolling, m.counting, m.users, m.sessions, m.rooms}
}

// count shows how many rooms there are. There are none of the kinds that are not named.
func (m *samples) count(rooms []Rooms) {
	now := map[[2]string]int64{{string(room.Direct), noPhase}: 0, {string(room.Group), noPhase}: 0}
	for _, phase := range room.Phases() {
		now[[2]string{string(room.Group), string(phase)}] = 0
	}
	for _, r := range rooms {
		phase := noPhase
		if r.Phase != nil {
			phase = string(*r.Phase)
		}
		now[[2]string{string(r.Kind), phase}] = r.Rooms
	}
	for labels, n := range now {
		m.rooms.WithLabelValues(labels[:]...).Set(float64(n))
	}
}

func (s *Service) sampleOnline(ctx context.Context) {
	bounded, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	online := s.Online(bounded)
	s.samples.users.Set(float64(online.Users))
	s.samples.sessions.Set(float64(online.Sessions))
}

// sampleRooms counts the rooms, and returns when to do so again.
func (s *Service) sampleRooms(ctx context.Context) (rest time.Duration) {
	begin := s.Now()
	s.try(ctx, s.samples.counting, func(ctx context.Context) error {
		rooms, err := countRooms(s.DB.WithContext(ctx))
		if err != nil {
			return fmt.Errorf("count rooms: %w", err)
		}
		s.samples.count(rooms)
		return nil
	})
	return max(roomsEvery, calm*s.Now().Sub(begin))
}
