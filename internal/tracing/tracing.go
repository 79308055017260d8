// Package tracing follows what people ask for through all that it causes, for a collector that speaks OTLP. A span says what was done, when
// and for how long; never what somebody wrote, is called, or looks for.
package tracing

import (
	"context"
	"fmt"
	"math/rand/v2"
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
	to       *collector
}

// Options says where traces go.
type Options struct {
	URL     string  // of the collector, OTLP over HTTP; its usual path is added where there is none. Empty: nowhere.
	Ratio   float64 // of the traces that are kept, 0 to 1
	Node    string  // tells this process from others
	Version string
	Log     *zap.Logger // hears when the collector does not take them
}

// Start returns what sends traces until Shutdown, in the background: nobody waits for the collector, and what it does not take within half
// a minute is dropped. It returns nil where there is no URL.
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
	to := newCollector(ctx, u.String(), o.Log)
	exporter, err := otlptrace.New(ctx, to)
	if err != nil {
		return nil, fmt.Errorf("trace: %w", err)
	}
	about := resource.NewSchemaless(attribute.String("service.name", "emosation"), attribute.String("service.version", o.Version),
		attribute.String("service.instance.id", o.Node))
	part := dice(o.Ratio)
	sampler := sdk.ParentBased(part, sdk.WithRemoteParentSampled(part), sdk.WithRemoteParentNotSampled(part))
	provider := sdk.NewTracerProvider(sdk.WithBatcher(exporter), sdk.WithResource(about), sdk.WithSampler(sampler))
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { o.Log.Warn("tracing", zap.Error(err)) }))
	return &Tracing{provider: provider, tracer: provider.Tracer(scope), to: to}, nil
}

// dice are thrown for each trace that begins or goes on here. Whether somebody outside wants theirs kept does not matter, nor does the id
// that they have chosen for it; and what they tell others in its state is not for our collector.
type dice float64

// ShouldSample implements sdk.Sampler.
func (d dice) ShouldSample(sdk.SamplingParameters) sdk.SamplingResult {
	if rand.Float64() < float64(d) {
		return sdk.SamplingResult{Decision: sdk.RecordAndSample}
	}
	return sdk.SamplingResult{Decision: sdk.Drop}
}

// Description implements sdk.Sampler.
func (d dice) Description() string { return fmt.Sprintf("dice{%g}", float64(d)) }

// Shutdown sends what waits, as far as that is done before ctx ends.
func (t *Tracing) Shutdown(ctx context.Context) {
	if t == nil {
		return
	}
	t.to.hurry()
	err := t.provider.Shutdown(ctx)
	t.to.abandon()
	if err != nil {
		t.to.log.Warn("the last traces are not delivered", zap.Error(err))
	}
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
