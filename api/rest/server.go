// Package rest is the REST edge: it admits requests, hands them to the domains in their own words, and translates what they answer.
package rest

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
	"go.uber.org/zap"

	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/account/directory"
	"github.com/emosation/emosation/internal/analysis"
	"github.com/emosation/emosation/internal/announcement"
	"github.com/emosation/emosation/internal/audit"
	"github.com/emosation/emosation/internal/auth"
	"github.com/emosation/emosation/internal/booking"
	"github.com/emosation/emosation/internal/calibration"
	"github.com/emosation/emosation/internal/friend"
	"github.com/emosation/emosation/internal/lifecycle"
	"github.com/emosation/emosation/internal/limit"
	"github.com/emosation/emosation/internal/message"
	"github.com/emosation/emosation/internal/mood"
	"github.com/emosation/emosation/internal/order"
	"github.com/emosation/emosation/internal/preview"
	"github.com/emosation/emosation/internal/realtime"
	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/search"
	"github.com/emosation/emosation/internal/standing"
	"github.com/emosation/emosation/internal/stats"
)

const (
	basePath = "/api/v1"
	keysPath = "/.well-known/jwks.json"
)

// Deps is what a Server needs.
type Deps struct {
	Accounts      *account.Service
	Directory     *directory.Service
	Audit         *audit.Service
	Auth          *auth.Service
	Standing      *standing.Service
	Friends       *friend.Service
	Rooms         *room.Service
	Messages      *message.Service
	Recent        *message.Recent // nil: histories are read from the database only
	Epoch         string          // names the history that the database holds
	Bookings      *booking.Service
	Orders        *order.Service
	Lifecycle     *lifecycle.Service
	Search        *search.Service
	Mood          *mood.Service
	Analysis      *analysis.Service // nil without a remote engine
	Stats         *stats.Service
	Announcements *announcement.Service
	Bus           *realtime.Bus
	Emotion       Emotion
	// Calibration holds what corrections have taught.
	Calibration *calibration.Service
	Previews    *preview.Service
	Limits      limit.Limiter
	// PublicURL is where people reach us; with https the cookie is for encrypted connections only.
	PublicURL string
	// Origins are web pages that may use the API besides those of the host that is asked itself.
	Origins []string
	// IsOutage tells whether an error means that a server behind us did not answer, so that trying again makes sense.
	IsOutage func(error) bool
	Now      func() time.Time // the real one
	Log      *zap.Logger
}

// Server has a method for each operation of openapi.yaml.
type Server struct {
	Deps
	changes, searches, requests *limit.Local
}

// contract is openapi.yaml, which is read once however many servers a process has, and only read from then on.
var contract = sync.OnceValues(openapi.GetSpec)

// Register mounts the API on e, and makes e answer every error, of the API or not, as a problem. The middleware of e
// that comes before must recover from panics by returning them as errors.
func Register(e *echo.Echo, d Deps) error {
	doc, err := contract()
	if err != nil {
		return fmt.Errorf("read openapi.yaml: %w", err)
	}
	e.HTTPErrorHandler = translator{log: d.Log, isOutage: d.IsOutage}.answer
	keeper := gatekeeper{auth: d.Auth, standing: d.Standing, origins: append([]string{d.PublicURL}, d.Origins...), now: d.Now, stats: d.Stats}
	e.Use(headers)
	if len(d.Origins) > 0 {
		e.Use(cors(d.Origins))
	}
	e.Use(newGates(doc, keeper).admit)
	server := &Server{
		Deps: d, changes: d.Limits.Local(changes, d.Now), searches: d.Limits.Local(searches, d.Now), requests: d.Limits.Local(requests, d.Now),
	}
	handler := openapi.NewStrictHandler(server, []openapi.StrictMiddlewareFunc{admittedOnly})
	openapi.RegisterHandlersWithBaseURL(e, handler, basePath)
	e.GET(keysPath, (&openapi.ServerInterfaceWrapper{Handler: handler}).GetJwks) // where RFC 8615 expects it
	return nil
}

// isAPI tells whether a path is ours, or of somebody who shares the router.
func isAPI(path string) bool {
	return strings.HasPrefix(path, "/api/") || path == keysPath
}

// headers keeps answers of the API out of caches, and all answers out of the hands of guessing browsers.
func headers(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		c.Response().Header().Set("X-Content-Type-Options", "nosniff")
		if isAPI(c.Request().URL.Path) {
			c.Response().Header().Set("Cache-Control", "no-store")
		}
		return next(c)
	}
}

// cors lets pages of these origins use the API with the person's cookie.
func cors(origins []string) echo.MiddlewareFunc {
	return middleware.CORSWithConfig(middleware.CORSConfig{
		Skipper:          func(c echo.Context) bool { return !isAPI(c.Request().URL.Path) },
		AllowOrigins:     origins,
		AllowCredentials: true,
		AllowMethods:     []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete},
		AllowHeaders:     []string{echo.HeaderAuthorization, echo.HeaderContentType, "Idempotency-Key", "If-Match"},
		ExposeHeaders:    []string{echo.HeaderRetryAfter, "ETag"},
		MaxAge:           600,
	})
}
