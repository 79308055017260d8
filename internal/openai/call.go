package openai

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"net"
	"net/http"
	"slices"
	"strconv"
	"time"

	sdk "github.com/openai/openai-go"
	"github.com/openai/openai-go/option"
	"github.com/openai/openai-go/shared"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/emosation/emosation/internal/tracing"
)

// request is one question to the model.
type request struct {
	name   string // of the schema
	prompt string
	schema json.RawMessage
	data   []byte // JSON
	output int64  // tokens that the answer may have
	// author pays for the messages that it is about, which are all of one person; 0 where nobody knows who that is.
	author int64
	// accept checks the answer, and tells how many readings it has.
	accept func(content []byte) (readings int, err error)
}

// overhead is more than the tokens that providers put around what is sent.
const overhead = 256

// input is more than the request has tokens: none is shorter than a byte.
func (r *request) input() int64 {
	return int64(len(r.prompt) + len(r.schema) + len(r.data) + overhead)
}

const (
	// maxAnswer bounds what is read of an answer, unpacked. A good one has some ten thousand bytes.
	maxAnswer = 1 << 20
	// maxRetryAfter bounds what a provider can make us believe.
	maxRetryAfter = time.Hour
)

// newService makes the client's one service. The client itself would read settings from the environment.
func newService(cfg Config, transport http.RoundTripper) sdk.ChatCompletionService {
	options := []option.RequestOption{
		option.WithBaseURL(cfg.BaseURL),
		option.WithMaxRetries(0), // when to ask again is decided here
		option.WithHTTPClient(&http.Client{
			Transport: bounded{transport},
			// People are told to which host their messages go: no other one gets them.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}),
	}
	for _, header := range []string{"OS", "Arch", "Runtime", "Runtime-Version"} {
		options = append(options, option.WithHeaderDel("X-Stainless-"+header)) // nobody's business
	}
	if cfg.Key != "" {
		options = append(options, option.WithAPIKey(cfg.Key))
	}
	// The client appends the options of each call to these: with room behind them, calls at the same time would share theirs.
	return sdk.NewChatCompletionService(slices.Clip(options)...)
}

// bounded reads no more than maxAnswer of any answer.
type bounded struct{ next http.RoundTripper }

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := b.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	answer.Body = http.MaxBytesReader(nil, answer.Body, maxAnswer)
	return answer, nil
}

// post sends one request and returns the content of the answer, with what it took.
func (e *Engine) post(ctx context.Context, r *request) (content []byte, spent Usage, failure *Error) {
	ctx, span := tracing.Child(ctx, "chat", trace.SpanKindClient)
	defer func() { tell(span, e.cfg.Model, spent, failure) }()
	ctx, cancel := context.WithTimeout(ctx, e.cfg.Timeout)
	defer cancel()
	var answer *http.Response
	var body []byte
	_, err := e.service.New(ctx, sdk.ChatCompletionNewParams{
		Model:               e.cfg.Model,
		Messages:            []sdk.ChatCompletionMessageParamUnion{sdk.SystemMessage(r.prompt), sdk.UserMessage(string(r.data))},
		Store:               sdk.Bool(false),
		MaxCompletionTokens: sdk.Int(r.output),
		ResponseFormat: sdk.ChatCompletionNewParamsResponseFormatUnion{OfJSONSchema: &shared.ResponseFormatJSONSchemaParam{
			JSONSchema: shared.ResponseFormatJSONSchemaJSONSchemaParam{Name: r.name, Strict: sdk.Bool(true), Schema: r.schema},
		}},
	}, option.WithResponseInto(&answer), option.WithResponseBodyInto(&body))
	switch {
	case answer == nil:
		return nil, Usage{Unknown: !unsent(err)}, &Error{Kind: Busy, reason: "no answer"}
	case answer.StatusCode != http.StatusOK:
		return nil, Usage{}, e.refusal(answer, err)
	}
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return nil, Usage{Unknown: true}, &Error{Kind: Invalid, Status: http.StatusOK, reason: "the answer is too long"}
	}
	if err != nil {
		return nil, Usage{Unknown: true}, &Error{Kind: Busy, Status: http.StatusOK, reason: "the answer broke off"}
	}
	return open(body)
}

// tell ends the span of a call. It says nothing of what was asked or answered.
func tell(span trace.Span, model string, spent Usage, failure *Error) {
	if span.IsRecording() {
		span.SetAttributes(attribute.String("gen_ai.operation.name", "chat"), attribute.String("gen_ai.request.model", model),
			attribute.Int64("gen_ai.usage.input_tokens", spent.Input), attribute.Int64("gen_ai.usage.output_tokens", spent.Output))
		if failure != nil {
			span.SetAttributes(attribute.String("error.type", string(failure.Kind)))
			span.SetStatus(codes.Error, "")
		}
	}
	span.End()
}

// unsent tells that there was no connection to send anything on.
func unsent(err error) bool {
	op, ok := errors.AsType[*net.OpError](err)
	return ok && op.Op == "dial"
}

// open takes the content out of an answer.
func open(body []byte) (content []byte, spent Usage, failure *Error) {
	invalid := func(reason string) *Error { return &Error{Kind: Invalid, Status: http.StatusOK, reason: reason} }
	var answer sdk.ChatCompletion
	if !json.Valid(body) || json.Unmarshal(body, &answer) != nil {
		return nil, Usage{Unknown: true}, invalid("the answer is not JSON of a completion")
	}
	spent = Usage{Input: answer.Usage.PromptTokens, Output: answer.Usage.CompletionTokens}
	if spent.Input < 0 || spent.Output < 0 || spent.Input+spent.Output <= 0 {
		spent = Usage{Unknown: true} // not every server counts
	}
	if len(answer.Choices) == 0 {
		return nil, spent, invalid("the answer has no choice")
	}
	choice := &answer.Choices[0]
	switch {
	case choice.Message.Refusal != "", choice.FinishReason == "content_filter":
		return nil, spent, &Error{Kind: Refused, Status: http.StatusOK, reason: "the model refused"}
	case choice.FinishReason == "length":
		return nil, spent, nonsense("the answer is cut off")
	case choice.FinishReason != "stop", choice.Message.Content == "":
		return nil, spent, nonsense("the answer has no content")
	}
	return []byte(choice.Message.Content), spent, nil
}

// nonsense is an answer of the model that is not what was asked for. What it was asked about may have talked it into that.
func nonsense(reason string) *Error {
	return &Error{Kind: Invalid, Status: http.StatusOK, reason: reason, said: true}
}

// refusal is what an answer without success means.
func (e *Engine) refusal(answer *http.Response, err error) *Error {
	failure := &Error{Kind: Permanent, Status: answer.StatusCode, reason: "not accepted"}
	code := ""
	if said, ok := errors.AsType[*sdk.Error](err); ok {
		code = said.Code
	}
	switch status := answer.StatusCode; {
	case code == "content_filter", code == "content_policy_violation":
		failure.Kind, failure.reason = Refused, "the provider refused"
	case code == "insufficient_quota":
		failure.reason = "the account has no money left"
	case status == http.StatusTooManyRequests, status == http.StatusRequestTimeout, status >= http.StatusInternalServerError:
		failure.Kind, failure.reason = Busy, "the provider is busy"
		failure.After = retryAfter(answer.Header, e.now())
	}
	return failure
}

// ours tells that a failure lies in what was asked, or may, and so says nothing about the provider.
func (e *Error) ours() bool {
	switch e.Kind {
	case Spent, Refused:
		return true
	case Invalid:
		return e.said
	case Permanent:
		switch e.Status {
		case http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity:
			return true
		}
	}
	return false
}

// retryAfter reads how long a provider wants to be left alone: in seconds, in milliseconds or until a time; zero where it does not say.
func retryAfter(header http.Header, now time.Time) time.Duration {
	wait := time.Duration(0)
	if ms, err := strconv.ParseFloat(header.Get("Retry-After-Ms"), 64); err == nil {
		wait = seconds(ms / 1000)
	} else if s, err := strconv.ParseFloat(header.Get("Retry-After"), 64); err == nil {
		wait = seconds(s)
	} else if at, err := http.ParseTime(header.Get("Retry-After")); err == nil {
		wait = at.Sub(now)
	}
	return min(max(wait, 0), maxRetryAfter)
}

// seconds is safe for what no Duration can hold.
func seconds(s float64) time.Duration {
	if math.IsNaN(s) {
		return 0
	}
	return time.Duration(min(max(s, 0), maxRetryAfter.Seconds()) * float64(time.Second))
}
