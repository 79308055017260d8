package https

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
)

func TestASilentCAKeepsNobodyFromStopping(t *testing.T) {
	asked := make(chan struct{})
	silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(asked)
		<-r.Context().Done()
	}))
	t.Cleanup(silent.Close)
	m, err := newMeter(prometheus.NewRegistry())
	require.NoError(t, err)
	a := newAuthority(ACME{Hosts: []string{"chat.example.org"}, Directory: silent.URL, Cache: t.TempDir()}, m, zap.NewNop())
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- a.run(ctx) }()
	<-asked
	stop()
	require.NoError(t, <-ended)
	require.Zero(t, testutil.ToFloat64(m.failures), "it was us")
}
