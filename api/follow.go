package main

import (
	"context"
	"net/http"
	"os"
	"time"

	"github.com/labstack/echo/v4"
	"go.opentelemetry.io/otel/attribute"
	otel "go.opentelemetry.io/otel/codes"
	"go.uber.org/zap"

	"github.com/emosation/emosation/internal/config"
	"github.com/emosation/emosation/internal/observability"
	"github.com/emosation/emosation/internal/tracing"
)

// startTracing returns nil unless the settings name a collector.
func startTracing(ctx context.Context, cfg config.Config, log *zap.Logger) (*tracing.Tracing, error) {
	node, err := os.Hostname()
	if err != nil {
		return nil, err
	}
	return tracing.Start(ctx, tracing.Options{URL: cfg.OTLPURL.Reveal(), Ratio: float64(cfg.TraceRatio), Node: node, Version: release(), Log: log})
}

// endTracing gives what waits for the collector a moment to be sent.
func endTracing(ctx context.Context, spans *tracing.Tracing) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	spans.Shutdown(ctx)
}

// follow makes a span of every request. Like the log it tells the route and not the address, in which people look for people, nor a method
// that somebody made up.
func follow(spans *tracing.Tracing) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		if spans == nil {
			return next
		}
		return func(c echo.Context) error {
			request := c.Request()
			method := observability.Method(request.Method)
			ctx, span := spans.Request(request.Context(), request.Header, method)
			defer span.End()
			c.SetRequest(request.WithContext(ctx))
			err := next(c)
			if span.IsRecording() {
				status, route := c.Response().Status, c.Path()
				span.SetName(method + " " + route)
				span.SetAttributes(attribute.String("http.request.method", method), attribute.String("http.route", route),
					attribute.Int("http.response.status_code", status),
					attribute.String("emosation.request", c.Response().Header().Get(observability.RequestIDHeader)))
				if status >= http.StatusInternalServerError {
					span.SetStatus(otel.Error, "")
				}
			}
			return err
		}
	}
}
