package rest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"
	"go.uber.org/zap"

	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/internal/booking"
	"github.com/emosation/emosation/internal/fault"
	"github.com/emosation/emosation/internal/observability"
)

// errOutage is what the caller learns about a part of ours that does not answer.
var errOutage = fault.New(fault.Unavailable, "server.unavailable", "This is not possible at this moment. Try again.").
	WithRetryAfter(5 * time.Second)

// translator answers requests that failed.
type translator struct {
	log      *zap.Logger
	isOutage func(error) bool
}

// answer implements echo.HTTPErrorHandler. Nothing else writes an error.
func (t translator) answer(err error, c echo.Context) {
	if c.Response().Committed {
		return // too late; the request's log line tells how it was answered
	}
	if errors.Is(err, echo.ErrMethodNotAllowed) && c.Path() == "/*" { // only the web app has that path, and we have none
		err = echo.ErrNotFound
	}
	if t.isOutage(err) && !isFault(err) {
		err = fmt.Errorf("%w: %w", errOutage, err)
	}
	problem, retryAfter := problemFor(err)
	if problem.Status >= http.StatusInternalServerError && !errors.Is(err, context.Canceled) {
		t.log.Error("request failed", zap.Error(err), zap.Int("status", problem.Status), zap.String("route", c.Path()),
			zap.String("request", observability.RequestIDFrom(c.Request().Context())))
	}
	header := c.Response().Header()
	header.Set(echo.HeaderContentType, "application/problem+json")
	header.Set(echo.HeaderCacheControl, "no-store")
	if retryAfter > 0 {
		header.Set(echo.HeaderRetryAfter, strconv.Itoa(retryAfter))
	}
	if problem.Status == http.StatusUnauthorized {
		header.Set(echo.HeaderWWWAuthenticate, challenge(problem.Code))
	}
	if c.Request().Method == http.MethodHead {
		err = c.NoContent(problem.Status)
	} else {
		c.Response().WriteHeader(problem.Status)
		err = c.Echo().JSONSerializer.Serialize(c, problem, "")
	}
	if err != nil {
		t.log.Debug("the answer did not arrive", zap.Error(err))
	}
}

// challenge names what to authenticate with.
func challenge(code string) string {
	if code == booking.ErrKey.Code {
		return boxKeyHeader
	}
	return "Bearer"
}

// problemFor is the only function that knows both domain errors and HTTP. retryAfter is in seconds, 0 for none.
func problemFor(err error) (p openapi.Problem, retryAfter int) {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		p = problem(statusOf(f.Kind), f.Code, f.Detail)
		if len(f.Fields) > 0 {
			p.Fields = fields(f.Fields)
		}
		return p, seconds(f.RetryAfter)
	}
	if h, ok := errors.AsType[*echo.HTTPError](err); ok {
		code, detail := wordsFor(h.Code)
		return problem(h.Code, code, detail), 0
	}
	code, detail := wordsFor(http.StatusInternalServerError) // an unknown error tells the caller nothing
	return problem(http.StatusInternalServerError, code, detail), 0
}

func isFault(err error) bool {
	_, ok := errors.AsType[*fault.Error](err)
	return ok
}

func problem(status int, code, detail string) openapi.Problem {
	return openapi.Problem{Type: "/problems/" + code, Title: http.StatusText(status), Status: status, Code: code, Detail: detail}
}

func statusOf(kind fault.Kind) int {
	switch kind {
	case fault.Invalid:
		return http.StatusUnprocessableEntity
	case fault.Unauthenticated:
		return http.StatusUnauthorized
	case fault.Forbidden:
		return http.StatusForbidden
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Conflict:
		return http.StatusConflict
	case fault.Precondition:
		return http.StatusPreconditionFailed
	case fault.TooMany:
		return http.StatusTooManyRequests
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	default:
		return http.StatusInternalServerError
	}
}

// wordsFor names what went wrong before a domain was asked, or in a way that no domain has foreseen.
func wordsFor(status int) (code, detail string) {
	switch status {
	case http.StatusBadRequest:
		return "request.unreadable", "The request cannot be read."
	case http.StatusNotFound:
		return "request.no_such_operation", "There is nothing here."
	case http.StatusMethodNotAllowed:
		return "request.method_not_allowed", "This method is not for this address."
	case http.StatusRequestEntityTooLarge:
		return "request.too_large", fmt.Sprintf("The body may have at most %d bytes.", maxBody)
	case http.StatusUnsupportedMediaType:
		return "request.unsupported_media_type", "The body must be application/json."
	case http.StatusInternalServerError:
		return "server.failed", "Something went wrong on our side."
	default:
		return "request.refused", http.StatusText(status) + "."
	}
}

func fields(list []fault.Field) *[]openapi.FieldProblem {
	out := make([]openapi.FieldProblem, len(list))
	for i, f := range list {
		out[i] = openapi.FieldProblem{Field: f.Name, Reason: f.Reason}
	}
	return &out
}

// seconds rounds up, for a client that comes back too early comes back in vain.
func seconds(d time.Duration) int { return int((d + time.Second - 1) / time.Second) }
