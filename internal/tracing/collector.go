package tracing

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"time"

	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// sendTime is how long a collector may take to take what it is sent.
const sendTime = 10 * time.Second

// collector speaks OTLP over HTTP. The library's own client does too, but brings all of gRPC into the program, which would be
// a twentieth of it.
type collector struct {
	url    string
	client *http.Client
}

var _ otlptrace.Client = (*collector)(nil)

func newCollector(url string) *collector {
	return &collector{url: url, client: &http.Client{Timeout: sendTime, Transport: http.DefaultTransport.(*http.Transport).Clone()}}
}

// Start has nothing to prepare.
func (*collector) Start(context.Context) error { return nil }

// Stop lets the connection go.
func (c *collector) Stop(context.Context) error {
	c.client.CloseIdleConnections()
	return nil
}

// UploadTraces sends spans once: what is not taken now would only keep others waiting.
func (c *collector) UploadTraces(ctx context.Context, spans []*tracepb.ResourceSpans) error {
	// On the wire this is what the protocol calls ExportTraceServiceRequest.
	body, err := proto.Marshal(&tracepb.TracesData{ResourceSpans: spans})
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/x-protobuf")
	answer, err := c.client.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode/100 != 2 {
		return fmt.Errorf("the collector answers %s", answer.Status)
	}
	return nil
}
