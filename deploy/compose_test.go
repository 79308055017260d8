package deploy_test

import (
	"bytes"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/config"
)

const (
	composeFile = "../compose.yaml"
	inContainer = "/run/secrets/"
)

// composed is what the command line of Compose makes of a clone with these lines added to .env.
func composed(t *testing.T, settings ...string) *types.Project {
	t.Helper()
	project, err := load(t, clone(t, settings...))
	require.NoError(t, err)
	return project
}

// clone is a folder with what Compose reads.
func clone(t *testing.T, settings ...string) (folder string) {
	t.Helper()
	folder = t.TempDir()
	require.NoError(t, os.CopyFS(filepath.Join(folder, "deploy", "profiles"), os.DirFS("profiles")))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "compose.yaml"), []byte(content(t, composeFile)), 0o600))
	set(t, folder, settings...)
	return folder
}

// set writes .env anew.
func set(t *testing.T, folder string, settings ...string) {
	t.Helper()
	text := content(t, "../.env.example") + strings.Join(append(settings, ""), "\n")
	require.NoError(t, os.WriteFile(filepath.Join(folder, ".env"), []byte(text), 0o600))
}

// load takes the steps of the command line in their order, but knows nothing of the environment of this process.
func load(t *testing.T, folder string) (*types.Project, error) {
	t.Helper()
	options, err := cli.NewProjectOptions(nil, cli.WithWorkingDirectory(folder), cli.WithEnvFiles(), cli.WithDotEnv,
		cli.WithConfigFileEnv, cli.WithDefaultConfigPath, cli.WithEnvFiles(), cli.WithDotEnv, cli.WithDefaultProfiles())
	require.NoError(t, err)
	return options.LoadProject(t.Context())
}

// setting finds in .env.example what is set, and what is only named there.
var setting = regexp.MustCompile(`(?m)^(#?)([A-Z][A-Z0-9_]*)=(.*)$`)

func content(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(text)
}

// ways are all the ways in which it can be started.
func ways(t *testing.T) map[string]*types.Project {
	t.Helper()
	return map[string]*types.Project{
		"standard":            composed(t),
		"with a model":        composed(t, "COMPOSE_PROFILES=openai-local"),
		"small":               composed(t, "EMOSATION_PROFILE=small"),
		"small, watched":      composed(t, "EMOSATION_PROFILE=small", "COMPOSE_PROFILES=watch"),
		"small, with a model": composed(t, "EMOSATION_PROFILE=small", "COMPOSE_PROFILES=openai-local"),
	}
}

func TestComposeStartsWhatIsNeededAndNoMore(t *testing.T) {
	core := []string{"api-1", "api-2", "mariadb", "migrate", "redis", "web"}
	names := func(more ...string) []string { return slices.Sorted(slices.Values(append(more, core...))) }
	for name, want := range map[string][]string{
		"standard":       names("prometheus", "grafana"),
		"with a model":   names("prometheus", "grafana", "llm"),
		"small":          names(),
		"small, watched": names("prometheus", "grafana"),
	} {
		require.Equal(t, want, slices.Sorted(maps.Keys(ways(t)[name].Services)), name)
	}
}

func TestOneWordInEnvChoosesTheProfile(t *testing.T) {
	folder := clone(t)
	with := func(settings ...string) *types.Project {
		set(t, folder, settings...)
		project, err := load(t, folder)
		require.NoError(t, err)
		return project
	}
	standard, small := with().Services, with("EMOSATION_PROFILE=small", "COMPOSE_PROFILES=watch").Services
	require.Equal(t, standard, with("EMOSATION_PROFILE=standard").Services)
	require.Equal(t, standard, with("EMOSATION_PROFILE=").Services)
	require.Equal(t, slices.Sorted(maps.Keys(standard)), slices.Sorted(maps.Keys(small)))
	for name, service := range small {
		large := standard[name]
		require.Less(t, service.MemLimit, large.MemLimit, name)
		if name == "mariadb" || name == "redis" {
			require.NotEqual(t, large.Command, service.Command, name)
			service.Command = large.Command
		} else {
			require.NotEqual(t, large.Environment["GOMEMLIMIT"], service.Environment["GOMEMLIMIT"], name)
			service.Environment["GOMEMLIMIT"] = large.Environment["GOMEMLIMIT"]
		}
		service.MemLimit, service.Profiles = large.MemLimit, large.Profiles
		require.Equal(t, large, service, "%s: a profile is about memory, and about what starts", name)
	}

	set(t, folder, "EMOSATION_PROFILE=smal")
	_, err := load(t, folder)
	require.ErrorContains(t, err, "deploy/profiles/smal.yaml")
}

func TestAnOverrideOfTheOperatorHasTheLastWord(t *testing.T) {
	folder := clone(t, "EMOSATION_PROFILE=small")
	require.NoError(t, os.WriteFile(filepath.Join(folder, "compose.override.yaml"), []byte(
		"services:\n  api-1: { mem_limit: 200m, environment: { GOMEMLIMIT: 170MiB } }\n  prometheus: { profiles: !reset [] }\n"), 0o600))
	project, err := load(t, folder)
	require.NoError(t, err)
	require.Equal(t, types.UnitBytes(200<<20), project.Services["api-1"].MemLimit)
	require.Equal(t, "170MiB", *project.Services["api-1"].Environment["GOMEMLIMIT"])
	require.Equal(t, types.UnitBytes(144<<20), project.Services["api-2"].MemLimit)
	require.Contains(t, project.Services, "prometheus")
	require.NotContains(t, project.Services, "grafana")
}

func TestComposeStartsEachServiceWhenWhatItNeedsIsWell(t *testing.T) {
	project := ways(t)["standard"]
	healthy, done := types.ServiceConditionHealthy, types.ServiceConditionCompletedSuccessfully
	node := map[string]string{"mariadb": healthy, "redis": healthy, "migrate": done}
	for name, want := range map[string]map[string]string{
		"mariadb": {}, "redis": {}, "prometheus": {}, "grafana": {"prometheus": healthy},
		"migrate": {"mariadb": healthy}, "api-1": node, "api-2": node, "web": {"api-1": healthy, "api-2": healthy},
	} {
		needs := map[string]string{}
		for service, dependency := range project.Services[name].DependsOn {
			require.True(t, dependency.Required)
			needs[service] = dependency.Condition
			if check := project.Services[service].HealthCheck; dependency.Condition == healthy {
				require.NotNil(t, check, "nothing says whether %s is well", service)
				require.False(t, check.Disable)
			}
		}
		require.Equal(t, want, needs, name)
	}
	require.Equal(t, types.HealthCheckTest{"CMD", "/emosation", "healthcheck", "--ready"}, project.Services["api-1"].HealthCheck.Test)
}

func TestComposeGivesNoServiceMoreThanItNeeds(t *testing.T) {
	pinned := regexp.MustCompile(`^[a-z0-9./-]+:[a-z]*-?v?b?\d[\w.-]+$`)
	for way, project := range ways(t) {
		for name, service := range project.Services {
			about := way + ": " + name
			require.True(t, service.ReadOnly, about)
			require.Equal(t, []string{"ALL"}, service.CapDrop, about)
			require.Equal(t, []string{"no-new-privileges:true"}, service.SecurityOpt, about)
			require.False(t, service.Privileged, about)
			require.Positive(t, service.MemLimit, about)
			require.Positive(t, service.PidsLimit, about)
			require.NotEmpty(t, service.Restart, about)
			require.Equal(t, "json-file", service.Logging.Driver, about)
			require.NotEmpty(t, service.Logging.Options["max-size"], about)
			require.NotEmpty(t, service.Logging.Options["max-file"], about)
			if !strings.HasSuffix(service.Image, ":local") {
				require.Regexp(t, pinned, service.Image, about)
			}
			if name != "web" {
				require.Empty(t, service.CapAdd, about)
			}
			for _, volume := range service.Volumes {
				require.True(t, volume.Type == types.VolumeTypeVolume || volume.ReadOnly, "%s may write to %s", about, volume.Source)
			}
		}
	}
}

func TestComposeShowsTheWorldTheWebServerAlone(t *testing.T) {
	for way, project := range ways(t) {
		for name, service := range project.Services {
			for _, port := range service.Ports {
				if name == "web" {
					require.Contains(t, []string{"80", "443"}, port.Published)
					continue
				}
				require.True(t, net.ParseIP(port.HostIP).IsLoopback(), "%s: %s shows port %s", way, name, port.Published)
				require.Equal(t, "grafana", name, "%s shows a port on this host", name)
			}
		}
		require.True(t, project.Networks["data"].Internal)
		for _, name := range []string{"mariadb", "redis"} {
			require.Equal(t, []string{"data"}, slices.Collect(maps.Keys(project.Services[name].Networks)), name)
		}
		// Who is in this network is believed.
		for name, service := range project.Services {
			if _, in := service.Networks["edge"]; in {
				require.Contains(t, []string{"web", "api-1", "api-2", "migrate"}, name)
			}
		}
	}
}

func TestComposeKeepsWhatMustOutliveContainers(t *testing.T) {
	project := ways(t)["standard"]
	for name, where := range map[string]string{
		"mariadb": "/var/lib/mysql", "redis": "/data", "web": "/var/lib/caddy", "prometheus": "/prometheus", "grafana": "/var/lib/grafana",
	} {
		require.True(t, slices.ContainsFunc(project.Services[name].Volumes, func(v types.ServiceVolumeConfig) bool {
			return v.Type == types.VolumeTypeVolume && v.Source == name && v.Target == where
		}), "%s forgets %s", name, where)
		require.Contains(t, project.Volumes, name)
	}
	require.Subset(t, project.Services["redis"].Command, []string{"--appendonly", "yes", "--appendfsync", "everysec"})
}

func TestComposeFitsAGibibyte(t *testing.T) {
	sum := func(project *types.Project) (total types.UnitBytes) {
		for _, service := range project.Services {
			total += service.MemLimit
		}
		return total
	}
	require.Less(t, sum(ways(t)["small"]), types.UnitBytes(768<<20), "the system needs memory, too")
	require.Less(t, sum(ways(t)["small, watched"]), types.UnitBytes(1<<30))
	for way, project := range ways(t) {
		for name, service := range project.Services {
			limit := service.Environment["GOMEMLIMIT"]
			if limit == nil {
				continue
			}
			mebibytes, err := strconv.Atoi(strings.TrimSuffix(*limit, "MiB"))
			require.NoError(t, err)
			share := float64(mebibytes<<20) / float64(service.MemLimit)
			require.True(t, share > 0.75 && share < 0.92, "%s: %s collects at %s of %d", way, name, *limit, service.MemLimit)
		}
		memory := regexp.MustCompile(`--innodb-buffer-pool-size=(\d+)M`).FindStringSubmatch(strings.Join(project.Services["mariadb"].Command, " "))
		require.NotNil(t, memory)
		pool, err := strconv.Atoi(memory[1])
		require.NoError(t, err)
		require.LessOrEqual(t, types.UnitBytes(pool<<20), project.Services["mariadb"].MemLimit/2, way)
	}
}

func TestComposeKnowsTheNamesThatOtherFilesUse(t *testing.T) {
	project := ways(t)["standard"]
	var scraped struct {
		Jobs []struct {
			Static []struct{ Targets []string } `yaml:"static_configs"`
		} `yaml:"scrape_configs"`
	}
	readYAML(t, "prometheus/prometheus.yml", &scraped)
	var targets []string
	for _, job := range scraped.Jobs {
		for _, static := range job.Static {
			targets = append(targets, static.Targets...)
		}
	}
	proxied := regexp.MustCompile(`\{\$API_NODES:([^}]*)\}`).FindStringSubmatch(content(t, "caddy/web.Caddyfile"))
	require.NotNil(t, proxied)
	upstreams := strings.Fields(proxied[1])
	require.Equal(t, upstreams, strings.Fields(*project.Services["web"].Environment["API_NODES"]))

	meet := func(from string, addresses []string, variable string) {
		require.Len(t, addresses, 2)
		for _, address := range addresses {
			name, port, err := net.SplitHostPort(address)
			require.NoError(t, err)
			require.Contains(t, project.Services, name)
			require.Equal(t, ":"+port, *project.Services[name].Environment[variable])
			require.True(t, share(project.Services[from].Networks, project.Services[name].Networks), "%s does not reach %s", from, name)
		}
	}
	meet("web", upstreams, "EMOSATION_HTTP_ADDR")
	meet("prometheus", targets, "EMOSATION_OPS_ADDR")
	for _, pair := range [][2]string{{"api-1", "mariadb"}, {"api-1", "redis"}, {"migrate", "mariadb"}, {"grafana", "prometheus"}} {
		require.True(t, share(project.Services[pair[0]].Networks, project.Services[pair[1]].Networks), pair)
	}
	for name := range types.Mapping(caddyVariables(t)) {
		require.Contains(t, project.Services["web"].Environment, name)
	}
}

// caddyVariables are those that web.Caddyfile asks for without a default.
func caddyVariables(t *testing.T) map[string]string {
	t.Helper()
	asked := map[string]string{}
	for _, found := range regexp.MustCompile(`\{\$([A-Z_]+)\}`).FindAllStringSubmatch(content(t, "caddy/web.Caddyfile"), -1) {
		asked[found[1]] = ""
	}
	require.NotEmpty(t, asked)
	return asked
}

func share(a, b map[string]*types.ServiceNetworkConfig) bool {
	return slices.ContainsFunc(slices.Collect(maps.Keys(a)), func(name string) bool { _, shared := b[name]; return shared })
}

func TestComposeReplacesANodeWhileTheOtherServes(t *testing.T) {
	project := composed(t, "EMOSATION_API_IMAGE=registry.example/api@sha256:"+strings.Repeat("a", 64), "EMOSATION_WEB_IMAGE=registry.example/web:2")
	first, second := project.Services["api-1"], project.Services["api-2"]
	first.Name, second.Name = "", ""
	require.Equal(t, first, second)
	for _, name := range []string{"api-1", "api-2", "migrate"} {
		require.Equal(t, "registry.example/api@sha256:"+strings.Repeat("a", 64), project.Services[name].Image)
	}
	require.Equal(t, "registry.example/web:2", project.Services["web"].Image)

	delay, err := strconv.Atoi(*first.Environment["EMOSATION_DRAIN_DELAY"])
	require.NoError(t, err)
	drain := regexp.MustCompile(`drainTime = (\d+) \* time.Second`).FindStringSubmatch(content(t, "../api/serve.go"))
	require.NotNil(t, drain, "api/serve.go says how long a node takes to end")
	seconds, err := strconv.Atoi(drain[1])
	require.NoError(t, err)
	require.Greater(t, first.StopGracePeriod.String(), "")
	require.GreaterOrEqual(t, int(reflect.ValueOf(*first.StopGracePeriod).Int()/1e9), delay+seconds+5)
}

// settings are the names of all that the program can be told.
func settings() (names []string) {
	for _, field := range reflect.VisibleFields(reflect.TypeFor[config.Config]()) {
		names = append(names, "EMOSATION_"+field.Tag.Get("env"))
	}
	return names
}

// alone are settings of a program that runs without Compose: it has no web server before it, or a file system of its own.
func alone() []string {
	return []string{"EMOSATION_DATA_DIR", "EMOSATION_WEB_DIR", "EMOSATION_TLS_CERT", "EMOSATION_TLS_KEY", "EMOSATION_ACME_HOSTS",
		"EMOSATION_ACME_EMAIL", "EMOSATION_ACME_DIRECTORY", "EMOSATION_REDIRECT_ADDR"}
}

func TestEverySettingIsPassedOnAndExplained(t *testing.T) {
	var documented []string
	for _, found := range setting.FindAllStringSubmatch(content(t, "../.env.example"), -1) {
		require.NotContains(t, documented, found[2], "explained twice")
		documented = append(documented, found[2])
	}
	readme := content(t, "../README.md")
	var decided []string // by compose.yaml, or by .env through it
	for _, found := range regexp.MustCompile(`(?m)^    (EMOSATION_\w+):(.*)$`).FindAllStringSubmatch(content(t, composeFile), -1) {
		decided = append(decided, strings.TrimSuffix(found[1], "_FILE"))
		if strings.TrimSpace(found[2]) == "" {
			require.Contains(t, documented, found[1])
		}
	}
	for _, name := range settings() {
		require.Contains(t, documented, name, ".env.example explains every setting")
		_, short, _ := strings.Cut(strings.TrimPrefix(name, "EMOSATION_"), "_")
		require.True(t, slices.ContainsFunc([]string{name, strings.TrimPrefix(name, "EMOSATION"), "_" + short}, func(written string) bool {
			return strings.Contains(readme, "`"+written+"`")
		}), "README.md does not tell of %s", name)
		require.NotEqual(t, slices.Contains(alone(), name), slices.Contains(decided, name), "compose.yaml and %s", name)
	}
	used := settings()
	text := content(t, composeFile)
	for _, found := range regexp.MustCompile(`\$\{(\w+)`).FindAllStringSubmatch(text, -1) {
		used = append(used, found[1])
	}
	for _, found := range regexp.MustCompile(`(?m)^ +([A-Z]\w+):$`).FindAllStringSubmatch(text, -1) {
		used = append(used, found[1])
	}
	used = append(used, "COMPOSE_PROFILES") // Compose's own
	for _, name := range used {
		require.Contains(t, documented, name, ".env.example explains every variable of compose.yaml")
	}
	for _, name := range documented {
		require.Contains(t, used, name, "nobody reads it")
	}
}

func TestTheNodesOfComposeTakeTheirSettings(t *testing.T) {
	folder := newSecrets(t)
	for name, more := range map[string][]string{
		"as they are": nil,
		"with mails": {"EMOSATION_SMTP_URL_FILE=/run/secrets/smtp_url", "EMOSATION_MAIL_FROM=Chat <chat@example.org>",
			"EMOSATION_PUBLIC_URL=https://chat.example.org"},
		"with a model": {"EMOSATION_EMOTION=openai", "EMOSATION_OPENAI_BASE_URL=http://llm:8080/v1", "EMOSATION_OPENAI_MODEL=local",
			"EMOSATION_OPENAI_API_KEY_FILE=/run/secrets/openai_api_key"},
	} {
		t.Run(name, func(t *testing.T) {
			project := composed(t, append(more, "COMPOSE_PROFILES=openai-local")...)
			for _, service := range []string{"api-1", "api-2", "migrate"} {
				node := project.Services[service]
				var environ []string
				for name, value := range node.Environment {
					if value == nil {
						continue // not set, then
					}
					if path, secret := strings.CutPrefix(*value, inContainer); secret {
						i := slices.IndexFunc(node.Secrets, func(s types.ServiceSecretConfig) bool { return s.Source == path })
						require.GreaterOrEqual(t, i, 0, "%s is not given %s", service, path)
						file := filepath.Join(folder, filepath.Base(project.Secrets[path].File))
						value = &file
					}
					environ = append(environ, name+"="+*value)
				}
				c, err := config.Load(environ)
				require.NoError(t, err)
				require.False(t, c.Embedded())
				_, err = c.SigningKey()
				require.NoError(t, err)
				require.Contains(t, c.DatabaseURL.Reveal(), "@mariadb:3306/"+*project.Services["mariadb"].Environment["MARIADB_DATABASE"])
				require.Contains(t, c.RedisURL.Reveal(), "@redis:6379/")
			}
		})
	}
}

func TestComposeHasAFileForEverySecret(t *testing.T) {
	folder := newSecrets(t)
	project := ways(t)["standard"]
	for name, secret := range project.Secrets {
		require.FileExists(t, filepath.Join(folder, filepath.Base(secret.File)), name)
		require.Equal(t, "deploy/secrets", filepath.ToSlash(filepath.Join(filepath.Base(filepath.Dir(filepath.Dir(secret.File))), filepath.Base(filepath.Dir(secret.File)))))
	}
	files, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.Len(t, files, len(project.Secrets))
	for name, service := range project.Services {
		for variable, value := range service.Environment {
			if value == nil || !strings.HasPrefix(*value, inContainer) {
				continue
			}
			require.True(t, slices.ContainsFunc(service.Secrets, func(s types.ServiceSecretConfig) bool {
				return s.Source == strings.TrimPrefix(*value, inContainer)
			}), "%s: %s", name, variable)
		}
		for _, given := range service.Secrets {
			require.Contains(t, project.Secrets, given.Source)
		}
	}
	// The same password on both sides.
	password := strings.TrimSpace(content(t, filepath.Join(folder, "mariadb_password")))
	require.Contains(t, content(t, filepath.Join(folder, "database_url")), ":"+password+"@")
	password, found := strings.CutPrefix(strings.TrimSpace(content(t, filepath.Join(folder, "redis.conf"))), "requirepass ")
	require.True(t, found)
	require.Contains(t, content(t, filepath.Join(folder, "redis_url")), ":"+password+"@")
}

// newSecrets lets deploy/secrets.sh make secrets, as on a new host, and fills in what it cannot know.
func newSecrets(t *testing.T) (folder string) {
	t.Helper()
	folder = filepath.Join(t.TempDir(), "secrets")
	out, err := exec.CommandContext(t.Context(), "./secrets.sh", folder).CombinedOutput()
	require.NoError(t, err, string(out))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "smtp_url"), []byte("smtp://relay.example:2525\n"), 0o600))
	return folder
}

func TestSecretsAreMadeOnceAndReadableOnlyWhereTheyAreMounted(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "secrets")
	run := func() (string, error) {
		out, err := exec.CommandContext(t.Context(), "./secrets.sh", folder).CombinedOutput()
		return string(out), err
	}
	said, err := run()
	require.NoError(t, err, said)
	info, err := os.Stat(folder)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o700), info.Mode().Perm(), "nobody else comes into the folder")
	made := map[string]string{}
	files, err := os.ReadDir(folder)
	require.NoError(t, err)
	for _, file := range files {
		info, err := file.Info()
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o444), info.Mode().Perm()&0o444, "the users of containers read %s", file.Name())
		made[file.Name()] = content(t, filepath.Join(folder, file.Name()))
		if text := strings.TrimSpace(made[file.Name()]); text != "" && len(text) >= 32 {
			require.NotContains(t, said, text)
		}
	}
	said, err = run()
	require.Error(t, err)
	require.Contains(t, said, "is there already; nothing was changed")
	for name, text := range made {
		require.Equal(t, text, content(t, filepath.Join(folder, name)))
	}
	left, err := os.ReadDir(filepath.Dir(folder))
	require.NoError(t, err)
	require.Len(t, left, 1, "no drafts are left")
	require.False(t, bytes.Equal([]byte(made["mariadb_password"]), []byte(made["mariadb_root_password"])))
}
