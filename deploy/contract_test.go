package deploy_test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/testkit/servers"
)

// What the stub of docker nods through is held against the program: it knows every command that a deployment gives it.
func TestTheProgramUnderstandsWhatADeploymentAsks(t *testing.T) {
	before, after := pair("1"), pair("2")
	h := newMachine(t, before)
	h.write(t, ".env", h.read(t, ".env")+"WEB_TLS=tls internal\n")
	code, said := h.deploy(t, "deploy", after.api, after.web)
	require.Equal(t, exitDone, code, said)

	binary, err := servers.BuildAPI(t.Context(), t.TempDir())
	require.NoError(t, err)
	addresses, err := servers.FreeAddresses(t.Context(), 2)
	require.NoError(t, err)
	settings := []string{"EMOSATION_HTTP_ADDR=" + addresses[0], "EMOSATION_OPS_ADDR=" + addresses[1], "EMOSATION_DATA_DIR=" + t.TempDir()}
	node, err := servers.StartAPI(t.Context(), binary, settings...)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, node.Stop()) })

	asked := map[string]bool{}
	for call := range strings.Lines(h.read(t, ".stub/calls")) {
		words := strings.Fields(call)
		for i, word := range words {
			if word != "check-config" && word != "healthcheck" && word != "doctor" {
				continue
			}
			asked[word] = true
			line := strings.ReplaceAll(strings.Join(words[i:], " "), "https://chat.example.org", node.URL)
			command := exec.CommandContext(t.Context(), binary, strings.Fields(line)...)
			command.Env = append(servers.Environ(), settings...)
			out, err := command.CombinedOutput()
			require.NoError(t, err, "%s\n%s", line, out)
			break
		}
	}
	require.Equal(t, map[string]bool{"check-config": true, "healthcheck": true, "doctor": true}, asked)
}
