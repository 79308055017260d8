package https

import "net/http"

// strictTransport makes browsers come back by HTTPS only, for a year from each answer on. It says nothing about other
// hosts below this one: they may be somebody else's.
const strictTransport = "max-age=31536000"

// strict sends HSTS with each answer, also with those that switch to a socket.
func strict(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Strict-Transport-Security", strictTransport)
		next.ServeHTTP(w, r)
	})
}

// redirect sends everybody to the same path at publicURL, for good. Where that is the client does not choose: a Host
// header of a stranger's leads nowhere else. GET and HEAD are answered 301, which everything that follows links knows;
// after a 301 clients turn other methods into GET and drop the body, so those are answered 308.
func redirect(publicURL string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := r.URL.EscapedPath()
		if path == "" || path[0] != '/' { // as in CONNECT and in "GET *", which would go on where the host ends
			path = "/"
		}
		if r.URL.RawQuery != "" {
			path += "?" + r.URL.RawQuery
		}
		status := http.StatusPermanentRedirect
		if r.Method == http.MethodGet || r.Method == http.MethodHead {
			status = http.StatusMovedPermanently
		}
		http.Redirect(w, r, publicURL+path, status)
	})
}
