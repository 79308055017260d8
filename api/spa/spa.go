// Package spa hands out the built web app: its files, and its page for every address that the app itself routes.
package spa

import (
	"io"
	"io/fs"
	"net/http"
	"os"
	"path"
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
)

// page is the file that answers every address of the app.
const page = "index.html"

// policy lets the page load from and talk to this server only. Components set style attributes, hence the exception.
const policy = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; object-src 'none'; " +
	"base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// Register serves the web app built into dir at every path that e has no other route for, but never under /api or
// /.well-known: who asks for an operation that does not exist wants no page. No file outside dir is reachable.
func Register(e *echo.Echo, dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	compress := middleware.GzipWithConfig(middleware.GzipConfig{MinLength: 1024, Skipper: incompressible})
	e.Match([]string{http.MethodGet, http.MethodHead}, "/*", handler(root.FS()), compress)
	return nil
}

func handler(files fs.FS) echo.HandlerFunc {
	return func(c echo.Context) error {
		name := strings.TrimPrefix(path.Clean("/"+c.Request().URL.Path), "/")
		if strings.HasPrefix(name+"/", "api/") || strings.HasPrefix(name, ".well-known/") {
			return echo.ErrNotFound
		}
		header := c.Response().Header()
		header.Set("Content-Security-Policy", policy)
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Referrer-Policy", "same-origin")
		header.Set("Cross-Origin-Opener-Policy", "same-origin")
		header.Set("Cache-Control", "no-cache") // asked again each time, and usually answered 304
		if strings.HasPrefix(name, "assets/") {
			header.Set("Cache-Control", "public, max-age=31536000, immutable") // the name changes with the content
		}
		err := serveFile(c, files, name)
		if err != nil && path.Ext(name) == "" && !strings.HasPrefix(name, "assets/") { // no file has that name, so it is a place in the app
			err = serveFile(c, files, page)
		}
		if err != nil {
			header.Set("Cache-Control", "no-store")
		}
		return err
	}
}

// serveFile answers with the file, or returns echo.ErrNotFound where there is none.
func serveFile(c echo.Context, files fs.FS, name string) error {
	file, err := files.Open(name)
	if err != nil {
		return echo.ErrNotFound
	}
	defer file.Close()
	info, err := file.Stat()
	content, seekable := file.(io.ReadSeeker)
	if err != nil || !seekable || !info.Mode().IsRegular() {
		return echo.ErrNotFound
	}
	http.ServeContent(c.Response(), c.Request(), info.Name(), info.ModTime(), content)
	return nil
}

// incompressible skips what is compressed already, and parts of files, whose offsets count plain bytes.
func incompressible(c echo.Context) bool {
	switch path.Ext(c.Request().URL.Path) {
	case ".woff2", ".png", ".webp", ".jpg":
		return true
	}
	return c.Request().Header.Get("Range") != ""
}
