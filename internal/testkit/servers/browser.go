package servers

import (
	"context"
	"fmt"
	"path/filepath"
)

// StartBrowser opens what args name, after more flags of theirs, in a Chromium that nobody sees and that knows nothing of
// earlier ones. It does not wait for the page: what the page does is for the caller to notice.
func StartBrowser(ctx context.Context, args ...string) (*Process, error) {
	// Debian's command is a script around the program, which would live on when the script is ended.
	path, err := find("make deps installs it", "/usr/lib/chromium/chromium-headless-shell", "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
	if err != nil {
		return nil, err
	}
	dir, err := newDir()
	if err != nil {
		return nil, err
	}
	flags := []string{"--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
		"--user-data-dir=" + filepath.Join(dir, "profile")}
	opened := func(context.Context) error { return nil }
	process, err := start(ctx, dir, nil, opened, path, append(flags, args...)...)
	if err != nil {
		return nil, fmt.Errorf("start a browser: %w", err)
	}
	return process, nil
}
