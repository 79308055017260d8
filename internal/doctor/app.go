package doctor

import (
	"context"
	"crypto/rand"
	"regexp"
	"strings"
)

// asset finds the files that the page loads.
var asset = regexp.MustCompile(`(?:src|href)="(/assets/[^"]+\.(?:js|css))"`)

// smallest is below what is worth compressing.
const smallest = 2048

// app looks at the web app: its page, what protects it, and how long it is kept.
func (x *examination) app(ctx context.Context) {
	a, err := x.get(ctx, "/")
	if err != nil {
		x.fail("page", "Look into the web server's log.", "/ is not answered: %v", err)
		return
	}
	x.promises(a)
	switch {
	case a.code() != "":
		x.warn("page", "Set EMOSATION_WEB_DIR to the built web app, or let the web server have its files; leave it so for an API alone.", "no web app is served: %s", a)
		return
	case a.status >= 500:
		x.fail("page", "The web server reaches no node: see that the nodes run and that its upstream addresses are theirs.", "%s", a)
		return
	case a.status >= 300 && a.status < 400:
		x.fail("page", "Have the address examined to which it leads, if that is where people go.", "/ leads to %s", a.header.Get("Location"))
		return
	case a.status != 200 || !a.isPage():
		x.fail("page", "Another site answers here: check the web server's host names and which one is its default.", "/ is not the web app's page: %s", a)
		return
	}
	x.ok("page", "the web app's page")
	x.policy(a)
	x.kept(a)
	x.places(ctx)
	if file := asset.FindSubmatch(a.body); file != nil {
		x.file(ctx, string(file[1]))
	}
}

// policy looks at the headers that keep foreign scripts and frames out.
func (x *examination) policy(a answer) {
	policy := a.header.Get("Content-Security-Policy")
	var missing []string
	for _, directive := range []string{"default-src 'self'", "frame-ancestors", "object-src 'none'", "base-uri"} {
		if !strings.Contains(policy, directive) {
			missing = append(missing, directive)
		}
	}
	if !strings.EqualFold(a.header.Get("X-Content-Type-Options"), "nosniff") {
		missing = append(missing, "X-Content-Type-Options: nosniff")
	}
	const advice = "Do not let a proxy drop or replace Content-Security-Policy; where it has the files itself, take the headers of deploy/caddy/web.Caddyfile."
	switch {
	case policy == "":
		x.warn("policy", advice, "the page has no Content-Security-Policy")
	case len(missing) > 0:
		x.warn("policy", advice, "the page's headers lack %s", strings.Join(missing, ", "))
	default:
		x.ok("policy", "the page may load from and talk to this server only")
	}
}

// kept looks whether a browser asks for the page again after an upgrade.
func (x *examination) kept(page answer) {
	kept := page.header.Get("Cache-Control")
	if strings.Contains(kept, "no-cache") || strings.Contains(kept, "no-store") || strings.Contains(kept, "max-age=0") {
		x.ok("page cache", "asked for again each time")
		return
	}
	x.warn("page cache", `Send Cache-Control: no-cache with the page, or browsers keep one whose files are gone after an upgrade, and show nothing.`,
		"the page may be kept (Cache-Control: %q)", kept)
}

// places looks whether an address inside the app can be opened and a file that is gone cannot.
func (x *examination) places(ctx context.Context) {
	a, err := x.get(ctx, "/rooms/1")
	switch {
	case err != nil:
		x.fail("places", "Look into the web server's log.", "/rooms/1 is not answered: %v", err)
		return
	case a.status != 200 || !a.isPage():
		x.fail("places", "Answer every address that is no file with index.html (try_files … /index.html), or people cannot reload a page.", "/rooms/1 is answered %s", a)
		return
	}
	a, err = x.get(ctx, "/assets/doctor-"+strings.ToLower(rand.Text())+".js")
	if err == nil && a.status == 200 {
		x.warn("places", "Answer 404 under /assets/: a page in the place of a script that is gone stays in caches.", "a file that does not exist is answered %s", a)
		return
	}
	x.ok("places", "addresses inside the app can be opened")
}

// file looks at one of the files that the page loads.
func (x *examination) file(ctx context.Context, path string) {
	a, err := x.get(ctx, path, "Accept-Encoding", "gzip, br, zstd")
	if err != nil || a.status != 200 || strings.HasSuffix(path, ".js") && !strings.Contains(a.kind(), "javascript") {
		x.fail("files", "The page and its files are of different builds, or the web server does not know the type of .js files.", "a file of the page is answered %s %v", a, err)
		return
	}
	x.ok("files", "what the page loads is there")
	if kept := a.header.Get("Cache-Control"); strings.Contains(kept, "immutable") || strings.Contains(kept, "max-age=31536000") {
		x.ok("file cache", "files are kept for good")
	} else {
		x.warn("file cache", `Send Cache-Control: "public, max-age=31536000, immutable" under /assets/: a name there changes with its content.`, "files are loaded again and again (Cache-Control: %q)", kept)
	}
	switch packed := a.header.Get("Content-Encoding"); {
	case packed != "":
		x.ok("compression", "files come as %s", packed)
	case len(a.body) > smallest:
		x.warn("compression", "Compress scripts, styles and JSON (gzip, br or zstd): the app loads several times as fast on a phone.", "files are not compressed")
	}
}
