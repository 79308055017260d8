package deploy_test

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/config"
)

// A proxy before web says who a client is, web adds by whom that was said, and nodes read both.
func TestNodesBelieveTheProxiesThatWebBelieves(t *testing.T) {
	for name, c := range map[string]struct {
		settings          []string
		believed, strange []string
	}{
		"web alone": {nil, []string{"10.213.77.5"}, []string{"192.0.2.7", "10.0.0.1"}},
		"a proxy before it": {[]string{"WEB_TRUSTED_PROXIES=192.0.2.0/24 2001:db8::/32", "EMOSATION_EDGE_SUBNET=10.5.0.0/24"},
			[]string{"10.5.0.5", "192.0.2.7", "2001:db8::7"}, []string{"198.51.100.1", "10.213.77.5"}},
	} {
		t.Run(name, func(t *testing.T) {
			project := composed(t, c.settings...)
			for _, node := range []string{"api-1", "api-2"} {
				settings, err := config.Load([]string{"EMOSATION_TRUSTED_PROXIES=" + *project.Services[node].Environment["EMOSATION_TRUSTED_PROXIES"]})
				require.NoError(t, err)
				for _, address := range c.believed {
					require.True(t, settings.TrustedProxies.Contain(netip.MustParseAddr(address)), address)
				}
				for _, address := range c.strange {
					require.False(t, settings.TrustedProxies.Contain(netip.MustParseAddr(address)), address)
				}
			}
		})
	}
}
