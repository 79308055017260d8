package pause_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/pause"
)

func TestAPauseIsAsLongAsItsContextLets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		pause.For(t.Context(), time.Minute)
		require.Equal(t, time.Minute, time.Since(start))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		pause.For(ctx, time.Minute)
		require.Equal(t, time.Minute+time.Second, time.Since(start))
	})
}
