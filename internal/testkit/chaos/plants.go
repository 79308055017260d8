package chaos

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// Plant is a mistake that is made in a copy of one file of the program, to see that it is found.
type Plant struct {
	Name  string
	file  string // below the module's root
	edits []edit
	finds []string // any of these kinds
}

// edit puts a mistake in the place of a text that stands in the file exactly once.
type edit struct{ anchor, mistake string }

// Plants are mistakes that a tired engineer could make.
func Plants() []Plant {
	return []Plant{
		{
			Name: "acknowledge before the commit", file: "internal/message/commit.go",
			edits: []edit{{"\t\tafter, err = fn(tx)\n\t\treturn err\n", "\t\tif after, err = fn(tx); err != nil {\n\t\t\treturn err\n\t\t}\n\t\tfor _, m := range batch {\n\t\t\tif m.err == nil {\n" +
				"\t\t\t\tm.done(m.sent, nil)\n\t\t\t\tm.done = func(Sent, error) {}\n\t\t\t}\n\t\t}\n\t\treturn nil\n"}},
			finds: []string{lost},
		},
		{
			Name: "let a repeat be stored again", file: "internal/storage/migrations/mysql/00001_init.sql",
			edits: []edit{{"UNIQUE KEY messages_client ", "KEY messages_client "}},
			finds: []string{doubled},
		},
		{
			Name: "keep those who went among the listeners", file: "internal/realtime/hub.go",
			edits: []edit{{"\t\t\tif d.Detach != 0 {\n", "\t\t\tif d.Detach < 0 {\n"}},
			finds: []string{afterEnd},
		},
		{
			Name: "deliver not everything and never make up for it", file: "internal/realtime/hub.go",
			edits: []edit{
				{"t != nil && t.take(d) {", "t != nil && d.Rev%20 != 19 && t.take(d) {"},
				{"\t\tt.fill(since, list, upTo)\n", "\t\t_ = t\n"},
			},
			finds: []string{behind},
		},
	}
}

// ErrNotFound means that a planted mistake went unnoticed.
var ErrNotFound = errors.New("the mistake was not found")

// Find builds the program with the mistake in it and breaks things until a promise breaks. It fails with ErrNotFound when
// none does.
func (p Plant) Find(ctx context.Context, seed uint64, progress io.Writer) (Report, error) {
	dir, err := os.MkdirTemp("", "emo")
	if err != nil {
		return Report{}, err
	}
	defer os.RemoveAll(dir)
	overlay, err := p.overlay(ctx, dir)
	if err != nil {
		return Report{}, err
	}
	report, err := Run(ctx, Options{
		Seed: seed, Faults: 20, Messages: 1000, Nodes: 2, People: 16, Groups: 2, Doors: 4, Pace: 30 * time.Millisecond, Pause: 500 * time.Millisecond,
		Coda: 2 * time.Second, Flags: []string{"-overlay=" + overlay}, Until: true, Progress: progress,
	})
	if err != nil {
		return report, err
	}
	for _, kind := range p.finds {
		if report.Counts[kind] > 0 {
			return report, nil
		}
	}
	return report, fmt.Errorf("%s: %w; found was %v", p.Name, ErrNotFound, report.Counts)
}

// moduleRoot is the folder of this repository.
func moduleRoot(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", "github.com/emosation/emosation").Output()
	if err != nil {
		return "", fmt.Errorf("find the module: %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}

// overlay writes the changed copy and what go build wants to know of it.
func (p Plant) overlay(ctx context.Context, dir string) (string, error) {
	root, err := moduleRoot(ctx)
	if err != nil {
		return "", err
	}
	original := filepath.Join(root, filepath.FromSlash(p.file))
	source, err := os.ReadFile(original)
	if err != nil {
		return "", err
	}
	text := string(source)
	for _, e := range p.edits {
		if n := strings.Count(text, e.anchor); n != 1 {
			return "", fmt.Errorf("%s: %q stands %d times in %s; say anew where the mistake goes", p.Name, e.anchor, n, p.file)
		}
		text = strings.Replace(text, e.anchor, e.mistake, 1)
	}
	changed := filepath.Join(dir, filepath.Base(p.file))
	if err := os.WriteFile(changed, []byte(text), 0o600); err != nil {
		return "", err
	}
	list, err := json.Marshal(map[string]any{"Replace": map[string]string{original: changed}})
	if err != nil {
		return "", err
	}
	overlay := filepath.Join(dir, "overlay.json")
	return overlay, os.WriteFile(overlay, list, 0o600)
}
