package tracing

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"

	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"go.uber.org/zap"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/emosation/emosation/internal/pause"
)

const (
	// sendTime is how long a collector may take to take what it is sent.
	sendTime = 10 * time.Second
	// A collector that is away or busy is asked again after firstRest, then after twice as long each time up to mostRest, or when it says.
	firstRest = time.Second
	mostRest  = 8 * time.Second
	// maxAnswer is how much of an answer is read.
	maxAnswer = 64 << 10
)

// collector speaks OTLP over HTTP, uncompressed. The library's own client does too, but brings all of gRPC into the program, which would be
// a twentieth of it. The library calls UploadTraces for one batch after the other.
type collector struct {
	url    string
	client *http.Client
	log    *zap.Logger

	life, patient context.Context // requests end with life, rests between them with patient
	abandon       context.CancelFunc
	hurry         context.CancelFunc

	failing bool
	lost    int64 // spans, since it began to fail
}

var _ otlptrace.Client = (*collector)(nil)

func newCollector(ctx context.Context, url string, log *zap.Logger) *collector {
	c := &collector{url: url, log: log, client: &http.Client{
		Timeout: sendTime, Transport: http.DefaultTransport.(*http.Transport).Clone(),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, // what is posted may not arrive there
	}}
	c.life, c.abandon = context.WithCancel(context.WithoutCancel(ctx))
	c.patient, c.hurry = context.WithCancel(c.life)
	return c
}

// Start has nothing to prepare.
func (*collector) Start(context.Context) error { return nil }

// Stop lets the connection go.
func (c *collector) Stop(context.Context) error {
	c.client.CloseIdleConnections()
	return nil
}

// UploadTraces sends spans until the collector takes or refuses them or ctx ends. What becomes of them is logged when it changes.
func (c *collector) UploadTraces(ctx context.Context, spans []*tracepb.ResourceSpans) error {
	// On the wire this is what the protocol calls ExportTraceServiceRequest.
	body, err := proto.Marshal(&tracepb.TracesData{ResourceSpans: spans})
	if err != nil {
		return err
	}
	lost, err := c.deliver(ctx, body)
	if err != nil {
		lost = number(spans)
	} else if lost > 0 {
		err = fmt.Errorf("the collector refuses %d of %d spans", lost, number(spans))
	}
	c.note(lost, err)
	return nil
}

// deliver returns how many of the spans the collector refused while it took the others.
func (c *collector) deliver(ctx context.Context, body []byte) (refused int64, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(c.life, cancel)()
	resting, wake := context.WithCancel(ctx)
	defer wake()
	defer context.AfterFunc(c.patient, wake)()
	for rest := firstRest; ; rest = min(2*rest, mostRest) {
		refused, err = c.send(ctx, body)
		again, ok := errors.AsType[*laterError](err)
		if !ok {
			return refused, err
		}
		wait := again.after
		if wait == 0 {
			wait = rest/2 + rand.N(rest) // all nodes see it fail at the same moment
		}
		deadline, bounded := ctx.Deadline()
		if bounded && time.Until(deadline) < wait {
			return 0, err
		}
		if pause.For(resting, wait); resting.Err() != nil {
			return 0, err
		}
	}
}

// laterError is one after which to try again.
type laterError struct {
	error
	after time.Duration // 0: the collector does not say
}

// send sends spans once.
func (c *collector) send(ctx context.Context, body []byte) (refused int64, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	request.Header.Set("Content-Type", "application/x-protobuf")
	answer, err := c.client.Do(request)
	if err != nil {
		return 0, &laterError{error: err}
	}
	defer answer.Body.Close()
	said, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer)) // to its end, so that the connection can be used again
	if err != nil {
		return 0, &laterError{error: err}
	}
	if answer.StatusCode/100 == 2 {
		return refusedIn(said), nil
	}
	err = fmt.Errorf("the collector answers %d", answer.StatusCode)
	switch answer.StatusCode {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return 0, &laterError{err, retryAfter(answer.Header.Get("Retry-After"))}
	}
	return 0, err
}

// retryAfter reads a number of seconds, or a date.
func retryAfter(value string) time.Duration {
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(0, time.Until(at))
	}
	return 0
}

// refusedIn reads partial_success.rejected_spans of an ExportTraceServiceResponse, whose type lives beside gRPC's. What is no such
// message refuses nothing.
func refusedIn(answer []byte) int64 {
	partial, _ := field(answer, 1, protowire.BytesType)
	_, rejected := field(partial, 1, protowire.VarintType)
	return int64(rejected)
}

// field returns a field of an encoded message.
func field(message []byte, want protowire.Number, kind protowire.Type) (content []byte, value uint64) {
	for len(message) > 0 {
		number, is, n := protowire.ConsumeTag(message)
		if n < 0 {
			return nil, 0
		}
		message = message[n:]
		if n = protowire.ConsumeFieldValue(number, is, message); n < 0 {
			return nil, 0
		}
		if number == want && is == kind {
			content, _ = protowire.ConsumeBytes(message)
			value, _ = protowire.ConsumeVarint(message)
			return content, value
		}
		message = message[n:]
	}
	return nil, 0
}

// note says once that spans are lost, and once that they are not any more.
func (c *collector) note(lost int64, err error) {
	c.lost += lost
	switch {
	case err != nil && !c.failing:
		c.log.Warn("traces are not delivered; nothing else suffers from it", zap.Error(err))
	case err == nil && c.failing:
		c.log.Info("traces are delivered again", zap.Int64("lost", c.lost))
		c.lost = 0
	}
	c.failing = err != nil
}

func number(spans []*tracepb.ResourceSpans) (n int64) {
	for _, of := range spans {
		for _, scope := range of.ScopeSpans {
			n += int64(len(scope.Spans))
		}
	}
	return n
}
