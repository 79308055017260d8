package observability

import (
	"context"
	"crypto/rand"
	"sync/atomic"
)

// RequestIDHeader carries a request's id in both directions.
const RequestIDHeader = "X-Request-ID"

type requestKey struct{}

// request is what its log line tells of a request beside its answer.
type request struct {
	id   string
	user atomic.Int64 // 0: nobody, or nobody yet
}

// RequestID returns the id a proxy or client gave, if it is short and plain enough to stand in logs, else a new one.
func RequestID(given string) string {
	if len(given) < 8 || len(given) > 64 {
		return rand.Text()
	}
	for _, c := range []byte(given) {
		plain := c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c == '-' || c == '_' || c == '.'
		if !plain {
			return rand.Text()
		}
	}
	return given
}

// WithRequestID returns a context that knows its request's id.
func WithRequestID(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, requestKey{}, &request{id: id})
}

// RequestIDFrom returns the id of the request that ctx belongs to, or nothing outside one.
func RequestIDFrom(ctx context.Context) string {
	if r, ok := ctx.Value(requestKey{}).(*request); ok {
		return r.id
	}
	return ""
}

// SentBy notes who has sent the request that ctx belongs to, once that is known.
func SentBy(ctx context.Context, user int64) {
	if r, ok := ctx.Value(requestKey{}).(*request); ok {
		r.user.Store(user)
	}
}

// SenderFrom returns whom SentBy named, or 0.
func SenderFrom(ctx context.Context) int64 {
	if r, ok := ctx.Value(requestKey{}).(*request); ok {
		return r.user.Load()
	}
	return 0
}
