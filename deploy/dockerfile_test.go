package deploy_test

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// instructions are the lines of a Dockerfile without comments, each put together from its parts.
func instructions(t *testing.T, path string) (lines []string) {
	t.Helper()
	text := regexp.MustCompile(`(?m)^#.*\n`).ReplaceAllString(content(t, path), "")
	text = regexp.MustCompile(`\\\n\s*`).ReplaceAllString(text, "")
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// after are the arguments of all instructions of a name.
func after(lines []string, name string) (arguments []string) {
	for _, line := range lines {
		if rest, ok := strings.CutPrefix(line, name+" "); ok {
			arguments = append(arguments, rest)
		}
	}
	return arguments
}

func TestImagesAreBuiltForAnyPlatformAndRunAsNobody(t *testing.T) {
	for path, program := range map[string]string{"../Dockerfile": `["/emosation"]`, "../frontend/Dockerfile": `["caddy"]`} {
		t.Run(path, func(t *testing.T) {
			lines := instructions(t, path)
			last := len(lines) - 1
			for !strings.HasPrefix(lines[last], "FROM ") {
				last--
			}
			for _, from := range after(lines, "FROM") {
				image, _, _ := strings.Cut(strings.TrimPrefix(from, "--platform=$BUILDPLATFORM "), " ")
				require.Regexp(t, `^(scratch|[a-z]+:\d+\.\d+\.\d+[\w.-]*)$`, image, "Dependabot keeps up with it only if it is written out")
				require.Equal(t, strings.HasSuffix(from, " AS build"), strings.HasPrefix(from, "--platform=$BUILDPLATFORM "), from)
			}

			image := lines[last:]
			require.Empty(t, after(image, "RUN"), "nothing runs on the target platform")
			require.Equal(t, []string{"65532:65532"}, after(image, "USER"))
			require.Equal(t, []string{program}, after(image, "ENTRYPOINT"))
			require.Len(t, after(image, "HEALTHCHECK"), 1)
			labels := strings.Join(after(image, "LABEL"), " ")
			for _, label := range []string{"title", "description", "source", "licenses", "version", "revision"} {
				require.Contains(t, labels, "org.opencontainers.image."+label+"=")
			}
		})
	}
}

func TestImagesGetWhatTheyAreMadeOfAndNoSecrets(t *testing.T) {
	ignored := strings.Fields(regexp.MustCompile(`(?m)^#.*$`).ReplaceAllString(content(t, "../.dockerignore"), ""))
	require.Equal(t, "*", ignored[0], "what is not named stays out")
	for _, path := range []string{"../Dockerfile", "../frontend/Dockerfile"} {
		for _, arguments := range after(instructions(t, path), "COPY") {
			if strings.HasPrefix(arguments, "--from=") {
				continue
			}
			fields := strings.Fields(arguments)
			for _, source := range fields[:len(fields)-1] {
				require.True(t, slices.ContainsFunc(ignored, func(pattern string) bool {
					named, again := strings.CutPrefix(pattern, "!")
					return again && named != "deploy" && (source == named || strings.HasPrefix(source, named+"/"))
				}), "%s copies %s, which .dockerignore keeps out", path, source)
				require.True(t, filepath.IsLocal(source))
			}
		}
	}
	require.Contains(t, ignored, "deploy/*", "secrets are in there")
	require.Contains(t, ignored, "**/.env*")
}

func TestImagesAreBuiltWithTheVersionsThatAreTested(t *testing.T) {
	version := func(path, pattern string) string {
		found := regexp.MustCompile(pattern).FindStringSubmatch(content(t, path))
		require.NotNil(t, found, "%s: %s", path, pattern)
		return found[1]
	}
	require.Equal(t, version("../go.mod", `(?m)^go (\d+\.\d+)`), version("../Dockerfile", `golang:(\d+\.\d+)`))
	require.Equal(t, version("../.github/workflows/ci.yml", `node-version: (\d+)`), version("../frontend/Dockerfile", `node:(\d+)`))
	require.Equal(t, version("../.github/workflows/ci.yml", `image: mariadb:(\d+\.\d+)`), version(composeFile, `image: mariadb:(\d+\.\d+)`))
}
