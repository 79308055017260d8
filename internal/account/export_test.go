package account

import (
	"context"
	"runtime"
)

// Occupy takes every core until release is called.
func (h *Hasher) Occupy() (release func()) {
	all := int64(runtime.GOMAXPROCS(0))
	if err := h.cores.Acquire(context.Background(), all); err != nil {
		panic(err)
	}
	return func() { h.cores.Release(all) }
}
