package main

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
	"go.uber.org/zap"

	"github.com/emosation/emosation/internal/observability"
)

// observe gives every request an id, counts it and logs it once it is answered. It is the outermost middleware, so
// that it sees the answer that errors were turned into. Of its address only the route and the ids in it are logged: people
// search for people in the query, and the rest may be anything.
func observe(log *zap.Logger, metrics *observability.HTTPMetrics) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			begin := time.Now()
			defer metrics.Begin()()
			request, response := c.Request(), c.Response()
			id := observability.RequestID(request.Header.Get(observability.RequestIDHeader))
			response.Header().Set(observability.RequestIDHeader, id)
			ctx := observability.WithRequestID(request.Context(), id)
			c.SetRequest(request.WithContext(ctx))

			if err := next(c); err != nil {
				c.Error(err)
			}
			took := time.Since(begin)
			metrics.Answered(request.Method, c.Path(), response.Status, took)
			entry := log.Check(zap.InfoLevel, "request")
			if entry == nil {
				return nil
			}
			entry.Write(append(about(ctx, c), zap.Int("status", response.Status), zap.Int64("bytes", response.Size),
				zap.Duration("seconds", took), zap.String("ip", c.RealIP()))...)
			return nil
		}
	}
}

// about says what a request is, and who sent it if that is known.
func about(ctx context.Context, c echo.Context) []zap.Field {
	fields := make([]zap.Field, 0, 12)
	fields = append(fields, requestID(c), zap.String("method", observability.Method(c.Request().Method)), zap.String("route", c.Path()))
	for i, value := range c.ParamValues() {
		if id, err := strconv.ParseInt(value, 10, 64); err == nil && i < len(c.ParamNames()) {
			fields = append(fields, zap.Int64(c.ParamNames()[i], id))
		}
	}
	if user := observability.SenderFrom(ctx); user != 0 {
		fields = append(fields, zap.Int64("user", user))
	}
	return fields
}

func requestID(c echo.Context) zap.Field {
	return zap.String("request", observability.RequestIDFrom(c.Request().Context()))
}

// errPanicked stands for a panic: what somebody panicked with may quote what somebody else wrote.
var errPanicked = errors.New("panicked")

// survive answers a request whose handler panics like any that fails.
func survive(log *zap.Logger) echo.MiddlewareFunc {
	return middleware.RecoverWithConfig(middleware.RecoverConfig{
		LogErrorFunc: func(c echo.Context, err error, stack []byte) error {
			log.Error("panic", zap.String("of", observability.Panicked(err)), zap.ByteString("stack", stack), requestID(c))
			return errPanicked
		},
	})
}
