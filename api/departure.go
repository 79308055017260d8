package main

import (
	"context"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/emosation/emosation/internal/pause"
)

// departure is how a node takes leave of those who send it requests, before it takes no more.
type departure struct {
	// notice is between the moment in which /readyz says no and the end of the listeners: in it a balancer finds out.
	notice time.Duration
	begun  atomic.Bool
}

// handler answers as next does. Once the departure has begun, each answer is the last of its connection: the next request goes where
// the balancer, or the name, leads then, instead of meeting a connection that closes at the same moment.
func (d *departure) handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if d.begun.Load() {
			w.Header().Set("Connection", "close")
		}
		next.ServeHTTP(w, r)
	})
}

// begin gives notice, and returns when it is over. Whoever fails instead of being told to stop has none to give.
func (d *departure) begin(stopped context.Context) {
	d.begun.Store(true)
	if stopped.Err() != nil {
		pause.For(context.WithoutCancel(stopped), d.notice)
	}
}
