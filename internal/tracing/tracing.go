// Package tracing follows what people ask for through all that it causes, for a collector that speaks OTLP. A span says what was done, when
// and for how long; never what somebody wrote, is called, or looks for.
package tracing

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.uber.org/zap"
)

// scope is who makes our spans.
const scope = "github.com/emosation/emosation"

// Tracing makes the spans with which a trace begins. A nil one makes none, at no cost.
type Tracing struct {
	provider *sdk.TracerProvider
	tracer   trace.Tracer
}

// Options says where traces go.
type Options struct {
	URL     string  // of the collector, OTLP over HTTP; its usual path is added where there is none. Empty: nowhere.
	Ratio   float64 // of the traces that are kept, 0 to 1
	Node    string  // tells this process from others
	Version string
	Log     *zap.Logger // hears when the collector does not answer
}

// Start returns what sends traces until Shutdown, in the background: nobody waits for the collector, and what it does not take in time is
// dropped. It returns nil where there is no URL.
func Start(ctx context.Context, o Options) (*Tracing, error) {
	if o.URL == "" {
		return nil, nil //nolint:nilnil // as promised
	}
	u, err := url.Parse(o.URL)
	if err != nil {
		return nil, fmt.Errorf("trace: %w", err)
	}
	if u.Path == "" || u.Path == "/" {
		u.Path = "/v1/traces"
	}
	exporter, err := otlptrace.New(ctx, newCollector(u.String()))
	if err != nil {
		return nil, fmt.Errorf("trace: %w", err)
	}
	about := resource.NewSchemaless(attribute.String("service.name", "emosation"), attribute.String("service.version", o.Version),
		attribute.String("service.instance.id", o.Node))
	// By the id alone, so that what a client says about sampling is no order.
	provider := sdk.NewTracerProvider(sdk.WithBatcher(exporter), sdk.WithResource(about), sdk.WithSampler(sdk.TraceIDRatioBased(o.Ratio)))
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { o.Log.Warn("traces were not delivered", zap.Error(err)) }))
	return &Tracing{provider: provider, tracer: provider.Tracer(scope)}, nil
}

// Shutdown sends what waits.
func (t *Tracing) Shutdown(ctx context.Context) error {
	if t == nil {
		return nil
	}
	return t.provider.Shutdown(ctx)
}

// Provider is for libraries that make spans themselves; nil where there are none.
func (t *Tracing) Provider() trace.TracerProvider {
	if t == nil {
		return nil
	}
	return t.provider
}

// Root begins a trace with something that comes from outside, or that a worker does by itself.
func (t *Tracing) Root(ctx context.Context, name string, kind trace.SpanKind) (context.Context, trace.Span) {
	if t == nil {
		return ctx, trace.SpanFromContext(ctx)
	}
	return t.tracer.Start(ctx, name, trace.WithSpanKind(kind), trace.WithNewRoot())
}

// Request begins a trace with a request, or goes on with the one that its header names.
func (t *Tracing) Request(ctx context.Context, header http.Header, name string) (context.Context, trace.Span) {
	if t == nil {
		return ctx, trace.SpanFromContext(ctx)
	}
	ctx = propagation.TraceContext{}.Extract(ctx, propagation.HeaderCarrier(header))
	return t.tracer.Start(ctx, name, trace.WithSpanKind(trace.SpanKindServer))
}

// Child begins a part of what ctx is about, if that is traced; the other spans that it is about too may be among the options as links.
// Otherwise it returns a span that does nothing.
func Child(ctx context.Context, name string, kind trace.SpanKind, options ...trace.SpanStartOption) (context.Context, trace.Span) {
	parent := trace.SpanFromContext(ctx)
	if !parent.IsRecording() {
		return ctx, parent
	}
	return parent.TracerProvider().Tracer(scope).Start(ctx, name, append(options, trace.WithSpanKind(kind))...)
}

// Of returns the span that ctx is about, or nil where that is not traced.
func Of(ctx context.Context) trace.Span {
	if span := trace.SpanFromContext(ctx); span.IsRecording() {
		return span
	}
	return nil
}
