package deploy_test

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/doctor"
	"github.com/emosation/emosation/internal/testkit/servers"
)

// examine runs the doctor as an operator would who has an account.
func (s *stand) examine(t *testing.T, g *guest, url string, args ...string) (doctor.Report, int) {
	t.Helper()
	command := exec.CommandContext(t.Context(), s.binary, append(append([]string{"doctor", "-json"}, args...), url)...)
	command.Env = servers.Environ()
	if g != nil {
		command.Env = append(command.Env, "DOCTOR_EMAIL="+g.email, "DOCTOR_PASSWORD="+g.password)
	}
	var out, complaints bytes.Buffer
	command.Stdout, command.Stderr = &out, &complaints
	_ = command.Run() // its exit code is looked at
	var report doctor.Report
	require.NoError(t, json.Unmarshal(out.Bytes(), &report), complaints.String())
	return report, command.ProcessState.ExitCode()
}

// complaints are the checks of a report that are neither in order nor left out.
func complaints(report doctor.Report) map[string]doctor.Status {
	found := map[string]doctor.Status{}
	for _, r := range report.Results {
		if r.Status == doctor.Warn || r.Status == doctor.Fail {
			found[r.Check] = r.Status
		}
	}
	return found
}

// findsNothing has a good deployment examined.
func findsNothing(t *testing.T, s *stand, name string) {
	args := []string{"-ca", s.cert, "-http-port", port(s.plain[name]), "-ops-port", port(s.plain[name])}
	report, code := s.examine(t, s.guest(t, s.url(name), "Ann"), s.url(name), args...)
	require.Empty(t, complaints(report), "%+v", report)
	require.Zero(t, report.Count(doctor.Skip), "%+v", report)
	require.Zero(t, code)

	report, code = s.examine(t, nil, s.url(name), args...)
	require.Empty(t, complaints(report), "%+v", report)
	require.Equal(t, 1, report.Count(doctor.Skip), "what only a person can see")
	require.Zero(t, code)
}

// findsFaults has deployments examined in which one thing is wrong. The doctor names that and nothing else.
func findsFaults(t *testing.T, s *stand) {
	late, lateKey := s.certificate(t, "localhost", time.Now().Add(-time.Hour))
	soon, soonKey := s.certificate(t, "localhost", time.Now().Add(5*24*time.Hour))
	other, otherKey := s.certificate(t, "other.example.org", time.Now().Add(90*24*time.Hour))
	nodes, ops := s.addresses(), strings.TrimPrefix(s.nodes[0].OpsURL, "http://")
	const proxied = "\tlocation / {\n\t\tproxy_pass http://emosation;\n\t}\n"
	for name, fault := range map[string]struct {
		edits []string
		args  []string
		found map[string]doctor.Status
		words string // in what was found or advised
	}{
		"upgrade headers are not passed on": {
			edits: []string{"\tproxy_set_header Upgrade $http_upgrade;\n\tproxy_set_header Connection $emosation_connection;\n", ""},
			found: map[string]doctor.Status{"socket": doctor.Fail}, words: "Upgrade $http_upgrade",
		},
		"the nodes do not know where they are reached": {
			edits: []string{"proxy_set_header Host $http_host;", "proxy_set_header Host $http_host;\n\tproxy_set_header Origin http://old.example.org;"},
			found: map[string]doctor.Status{"origins": doctor.Warn, "socket": doctor.Fail}, words: "EMOSATION_PUBLIC_URL=https://localhost",
		},
		"any page may open a socket": {
			edits: []string{"proxy_set_header Host $http_host;", "proxy_set_header Host $http_host;\n\tproxy_set_header Origin '';"},
			found: map[string]doctor.Status{"origins": doctor.Warn, "foreign pages": doctor.Fail}, words: "Origin header",
		},
		"the client's address is not passed on": {
			edits: []string{"proxy_set_header X-Forwarded-For $remote_addr;", "proxy_set_header X-Forwarded-For '';"},
			found: map[string]doctor.Status{"address": doctor.Fail}, words: "taken for " + middle,
		},
		"what clients say about their address is believed": {
			edits: []string{"proxy_set_header X-Forwarded-For $remote_addr;", ""},
			found: map[string]doctor.Status{"address": doctor.Warn}, words: "believed", // this machine may be a proxy itself
		},
		"operators' pages are public": {
			edits: []string{proxied, proxied + "\tlocation /metrics {\n\t\tproxy_pass http://" + ops + ";\n\t}\n\tlocation /debug/ {\n\t\tproxy_pass http://" + ops + ";\n\t}\n"},
			found: map[string]doctor.Status{"operators": doctor.Fail}, words: "/debug/pprof/",
		},
		"the operators' port is public": {
			args:  []string{"-ops-port", s.opsPort},
			found: map[string]doctor.Status{"operators": doctor.Fail}, words: ":" + s.opsPort + "/readyz",
		},
		"the app's page answers the API": {
			edits: []string{proxied, "\troot " + s.dist + ";\n\tlocation / {\n\t\ttry_files $uri /index.html;\n\t}\n\tlocation = /index.html {\n\t\tproxy_pass http://emosation;\n\t}\n\tlocation /assets/ {\n\t\tproxy_pass http://emosation;\n\t}\n"},
			found: map[string]doctor.Status{"API": doctor.Fail}, words: "before anything is answered from files",
		},
		"the certificate has ended": {
			edits: []string{s.cert, late, s.key, lateKey}, args: []string{"-ca", late},
			found: map[string]doctor.Status{"certificate": doctor.Fail}, words: "ended on",
		},
		"the certificate ends soon": {
			edits: []string{s.cert, soon, s.key, soonKey}, args: []string{"-ca", soon},
			found: map[string]doctor.Status{"certificate": doctor.Warn}, words: "ends in",
		},
		"the certificate is for another name": {
			edits: []string{s.cert, other, s.key, otherKey}, args: []string{"-ca", other},
			found: map[string]doctor.Status{"certificate": doctor.Fail}, words: "other.example.org",
		},
		"nobody vouches for the certificate": {
			args:  []string{"-ca", other},
			found: map[string]doctor.Status{"certificate": doctor.Fail}, words: "signed by nobody but itself",
		},
		"nobody vouches for it, and that is known": {
			args:  []string{"-ca", other, "-insecure"},
			found: map[string]doctor.Status{"certificate": doctor.Warn}, words: "signed by nobody but itself",
		},
		"plain HTTP is answered": {
			edits: []string{"return 308 " + s.url("nginx") + "$request_uri;", "proxy_pass http://emosation;"},
			found: map[string]doctor.Status{"redirect": doctor.Fail}, words: "answered instead of redirected",
		},
		"nothing is at the port of plain HTTP": {
			args:  []string{"-http-port", "1"},
			found: map[string]doctor.Status{"redirect": doctor.Warn}, words: "nobody answers plain HTTP",
		},
		"browsers are not told to keep to https": {
			edits: []string{"add_header Strict-Transport-Security", "add_header X-Nothing"},
			found: map[string]doctor.Status{"HSTS": doctor.Warn}, words: "max-age=31536000",
		},
		"the policy is dropped": {
			edits: []string{"proxy_hide_header Strict-Transport-Security;", "proxy_hide_header Content-Security-Policy;"},
			found: map[string]doctor.Status{"policy": doctor.Warn}, words: "no Content-Security-Policy",
		},
		"the page is kept": {
			edits: []string{"proxy_hide_header Strict-Transport-Security;", "proxy_hide_header Cache-Control;"},
			found: map[string]doctor.Status{"page cache": doctor.Warn, "file cache": doctor.Warn}, words: "Cache-Control: no-cache",
		},
		"no node answers": {
			edits: []string{nodes[0], "127.0.0.1:1", nodes[1], "127.0.0.2:1"},
			found: map[string]doctor.Status{"page": doctor.Fail, "API": doctor.Fail}, words: "reaches no node",
		},
	} {
		t.Run(name, func(t *testing.T) {
			s.nginx(t, fault.edits...)
			args := append([]string{"-ca", s.cert, "-http-port", port(s.plain["nginx"])}, fault.args...)
			report, code := s.examine(t, s.guest(t, s.nodes[0].URL, "Ann"), s.url("nginx"), args...)
			require.Equal(t, fault.found, complaints(report), "%+v", report)
			require.Equal(t, report.Count(doctor.Fail) > 0, code == 1)
			var text strings.Builder
			require.NoError(t, report.WriteText(&text))
			require.Contains(t, text.String(), fault.words)
		})
	}
}

// findsNobody has what is not there examined.
func findsNobody(t *testing.T, s *stand) {
	for url, check := range map[string]string{"https://localhost:1": "connection", "https://nobody.invalid": "name"} {
		report, code := s.examine(t, nil, url)
		require.Equal(t, map[string]doctor.Status{check: doctor.Fail}, complaints(report))
		require.Equal(t, 1, code)
	}
	for _, wrong := range []string{"chat.example.org", "ftp://chat.example.org", "https://chat.example.org/rooms"} {
		command := exec.CommandContext(t.Context(), s.binary, "doctor", wrong)
		out, err := command.CombinedOutput()
		require.Error(t, err)
		require.Equal(t, 2, command.ProcessState.ExitCode())
		require.Contains(t, string(out), "is not of the form https://host", wrong)
	}
}
