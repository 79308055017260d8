package deploy_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// traefikStatic and traefikDynamic are the parts of Traefik's settings that matter.
type traefikStatic struct {
	EntryPoints map[string]struct {
		Address string
		HTTP    struct {
			Redirections struct {
				EntryPoint struct {
					To, Scheme string
					Permanent  bool
				} `yaml:"entryPoint"`
			}
		}
		ForwardedHeaders struct {
			Insecure   bool
			TrustedIPs []string `yaml:"trustedIPs"`
		} `yaml:"forwardedHeaders"`
	} `yaml:"entryPoints"`
	CertificatesResolvers map[string]any `yaml:"certificatesResolvers"`
	Providers             struct{ File struct{ Filename string } }
	AccessLog             any `yaml:"accessLog"`
}

type traefikDynamic struct {
	HTTP struct {
		Routers map[string]struct {
			Rule, Service string
			EntryPoints   []string `yaml:"entryPoints"`
			Middlewares   []string
			TLS           struct {
				CertResolver string `yaml:"certResolver"`
			}
		}
		Services map[string]struct {
			LoadBalancer struct {
				PassHostHeader bool `yaml:"passHostHeader"`
				Servers        []struct{ URL string }
				HealthCheck    struct {
					Path, Interval, Timeout string
					Port                    int
				} `yaml:"healthCheck"`
				ServersTransport string `yaml:"serversTransport"`
			} `yaml:"loadBalancer"`
		}
		ServersTransports map[string]any `yaml:"serversTransports"`
		Middlewares       map[string]struct {
			Headers *struct {
				STSSeconds int `yaml:"stsSeconds"`
			}
			Compress *struct{}
			Retry    *struct{ Attempts int }
		}
	}
}

// TestTraefikLeadsWhereTheOthersDo holds what cannot be run here against the files of Caddy and nginx, which are.
func TestTraefikLeadsWhereTheOthersDo(t *testing.T) {
	var static traefikStatic
	var dynamic traefikDynamic
	readYAML(t, "traefik/traefik.yml", &static)
	readYAML(t, "traefik/emosation.yml", &dynamic)

	require.Equal(t, ":80", static.EntryPoints["web"].Address)
	require.Equal(t, "websecure", static.EntryPoints["web"].HTTP.Redirections.EntryPoint.To)
	require.Equal(t, "https", static.EntryPoints["web"].HTTP.Redirections.EntryPoint.Scheme)
	require.Equal(t, ":443", static.EntryPoints["websecure"].Address)
	require.Nil(t, static.AccessLog, "it would have what people search for")
	require.True(t, strings.HasSuffix(static.Providers.File.Filename, "/emosation.yml"))
	for name, point := range static.EntryPoints {
		require.False(t, point.ForwardedHeaders.Insecure, name)
		require.Empty(t, point.ForwardedHeaders.TrustedIPs, "%s: nobody but Traefik says who the client is", name)
	}

	require.Len(t, dynamic.HTTP.Routers, 1, "everything goes to the nodes, sockets too")
	router := dynamic.HTTP.Routers["emosation"]
	require.Equal(t, "Host(`chat.example.org`)", router.Rule)
	require.Equal(t, []string{"websecure"}, router.EntryPoints)
	require.Contains(t, static.CertificatesResolvers, router.TLS.CertResolver)
	for _, name := range router.Middlewares {
		require.Contains(t, dynamic.HTTP.Middlewares, name)
	}
	headers, retry := dynamic.HTTP.Middlewares["emosation-headers"].Headers, dynamic.HTTP.Middlewares["emosation-retry"].Retry
	require.NotNil(t, headers)
	require.NotNil(t, retry)
	require.Greater(t, retry.Attempts, 1)

	nodes := dynamic.HTTP.Services[router.Service].LoadBalancer
	require.True(t, nodes.PassHostHeader, "origins are compared with it")
	require.Contains(t, dynamic.HTTP.ServersTransports, nodes.ServersTransport)
	require.Equal(t, "/readyz", nodes.HealthCheck.Path)
	require.Equal(t, 9090, nodes.HealthCheck.Port)
	for file, promise := range map[string]string{"caddy/Caddyfile": `"max-age=31536000"`, "nginx/emosation.conf": `"max-age=31536000"`} {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		require.Contains(t, string(text), promise)
		require.Equal(t, 31536000, headers.STSSeconds)
		require.Contains(t, string(text), "chat.example.org")
		for _, server := range nodes.Servers {
			require.Contains(t, string(text), strings.TrimPrefix(server.URL, "http://"), file)
		}
	}
}
