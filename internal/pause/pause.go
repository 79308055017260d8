// Package pause lets a loop rest.
package pause

import (
	"context"
	"time"
)

// For waits as long as d, or until ctx ends if that is earlier.
func For(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
