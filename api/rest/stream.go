package rest

import (
	"encoding/json"
	"io"
	"iter"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"
)

const (
	// streamPatience is how long a client may take for a number of items, and streamPart is that number.
	streamPatience = 30 * time.Second
	streamPart     = 500
)

// stream writes JSON that does not fit into memory. After the first failure it does nothing any more.
type stream struct {
	w       io.Writer
	control *http.ResponseController
	now     func() time.Time
	items   int
	err     error
}

// download answers with what write streams. After a failure the connection is cut, so that nobody takes a part for the whole.
func download(w http.ResponseWriter, now func() time.Time, write func(s *stream)) error {
	w.Header().Set(echo.HeaderContentType, echo.MIMEApplicationJSON)
	w.WriteHeader(http.StatusOK)
	s := &stream{w: w, control: http.NewResponseController(w), now: now}
	if write(s); s.err != nil {
		panic(http.ErrAbortHandler)
	}
	return nil
}

func (s *stream) text(json string) {
	if s.err == nil {
		_, s.err = io.WriteString(s.w, json)
	}
}

func (s *stream) value(v any) {
	if s.err != nil {
		return
	}
	text, err := json.Marshal(v)
	if err != nil {
		s.err = err
		return
	}
	s.text(string(text))
}

// list writes an array, giving the client time for each part of it.
func list[From, To any](s *stream, all iter.Seq2[From, error], convert func(From) To) {
	s.text("[")
	first := true
	for item, err := range all {
		if err != nil && s.err == nil {
			s.err = err
		}
		if s.err != nil {
			return
		}
		if s.items%streamPart == 0 {
			_ = s.control.SetWriteDeadline(s.now().Add(streamPatience)) // where that cannot be set, the server's own holds
		}
		if !first {
			s.text(",")
		}
		first = false
		s.value(convert(item))
		s.items++
	}
	s.text("]")
}

// held goes through what is in memory already, or tells why it is not.
func held[T any](items []T, err error) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		if err != nil {
			var none T
			yield(none, err)
			return
		}
		for item := range slices.Values(items) {
			if !yield(item, nil) {
				return
			}
		}
	}
}
