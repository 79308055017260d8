package main

import (
	"time"

	"github.com/labstack/echo/v4"
	"go.uber.org/zap"

	"github.com/emosation/emosation/internal/observability"
)

// observe gives every request an id, counts it and logs it once it is answered. It is the outermost middleware, so
// that it sees the answer that errors were turned into. The query is never logged: people search for people in it.
func observe(log *zap.Logger, metrics *observability.HTTPMetrics) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			begin := time.Now()
			defer metrics.Begin()()
			request, response := c.Request(), c.Response()
			id := observability.RequestID(request.Header.Get(observability.RequestIDHeader))
			response.Header().Set(observability.RequestIDHeader, id)
			c.SetRequest(request.WithContext(observability.WithRequestID(request.Context(), id)))

			if err := next(c); err != nil {
				c.Error(err)
			}
			took := time.Since(begin)
			metrics.Answered(request.Method, c.Path(), response.Status, took)
			entry := log.Check(zap.InfoLevel, "request")
			if entry == nil {
				return nil
			}
			entry.Write(requestID(c), zap.String("method", request.Method), zap.String("route", c.Path()),
				zap.String("path", request.URL.Path), zap.Int("status", response.Status), zap.Int64("bytes", response.Size),
				zap.Duration("seconds", took), zap.String("ip", c.RealIP()))
			return nil
		}
	}
}

func requestID(c echo.Context) zap.Field {
	return zap.String("request", observability.RequestIDFrom(c.Request().Context()))
}
