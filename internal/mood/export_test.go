package mood

import (
	"flag"
	"testing"

	"github.com/stretchr/testify/require"
)

// Bound sets how much a check does, for one test, unless somebody has asked for something else.
func Bound(t *testing.T, name, value string) {
	t.Helper()
	f := flag.Lookup(name)
	if f.Value.String() != f.DefValue {
		return
	}
	require.NoError(t, flag.Set(name, value))
	t.Cleanup(func() { require.NoError(t, flag.Set(name, f.DefValue)) })
}
