package openaitest

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Step answers one request.
type Step func(w http.ResponseWriter, r *Request)

// Completion is an answer of the model. The zero Finish is "stop"; without Input and Output it says nothing of tokens.
type Completion struct {
	Content, Refusal, Finish string
	Input, Output            int
}

// JSON is the completion as it goes over the wire.
func (c Completion) JSON(r *Request) []byte {
	message := map[string]any{"role": "assistant", "content": c.Content, "refusal": nil}
	if c.Refusal != "" {
		message["content"], message["refusal"] = nil, c.Refusal
	}
	if c.Finish == "" {
		c.Finish = "stop"
	}
	answer := map[string]any{
		"id": "chatcmpl-1", "object": "chat.completion", "created": 1_790_000_000, "model": r.Model,
		"choices": []any{map[string]any{"index": 0, "message": message, "finish_reason": c.Finish, "logprobs": nil}},
	}
	if c.Input+c.Output != 0 {
		answer["usage"] = map[string]any{"prompt_tokens": c.Input, "completion_tokens": c.Output, "total_tokens": c.Input + c.Output}
	}
	raw, err := json.Marshal(answer)
	if err != nil {
		panic(err) // strings and numbers always marshal
	}
	return raw
}

// Completed answers with the same completion always.
func Completed(c Completion) Step {
	return func(w http.ResponseWriter, r *Request) { send(w, c.JSON(r)) }
}

// Content answers with a content of 100 and 50 tokens, right or wrong.
func Content(content string) Step {
	return ContentOf(func(*Request) string { return content })
}

// ContentOf is Content made for the request.
func ContentOf(content func(r *Request) string) Step {
	return func(w http.ResponseWriter, r *Request) {
		send(w, Completion{Content: content(r), Input: 100, Output: 50}.JSON(r))
	}
}

// Good reads every message with Read, or makes one claim about the first and the last where a digest is asked for.
func Good() Step { return GoodWith(Read) }

// GoodWith reads every message with read.
func GoodWith(read func(Line) Reading) Step {
	return func(w http.ResponseWriter, r *Request) { send(w, good(r, read)) }
}

func good(r *Request, read func(Line) Reading) []byte {
	content := Readings(r.Messages, read)
	if r.Schema == "digest" {
		content = claims(r)
	}
	if err := r.Obeys(content); err != nil {
		panic(fmt.Sprintf("a good answer has to obey the schema: %v", err))
	}
	return Completion{Content: content, Input: len(r.Prompt+r.Data) / 4, Output: len(content) / 4}.JSON(r)
}

func claims(r *Request) string {
	text := "They seemed to make plans."
	if r.Language == "ko" {
		text = "약속을 잡느라 즐거웠던 듯해요."
	}
	raw, err := json.Marshal(map[string]any{"claims": []any{
		map[string]any{"text": text, "messages": []int{r.Messages[0].Number, r.Messages[len(r.Messages)-1].Number}},
	}})
	if err != nil {
		panic(err) // strings and numbers always marshal
	}
	return string(raw)
}

// Status answers with an error and headers, given as names and values in turn.
func Status(status int, header ...string) Step { return Failure(status, "some_error", header...) }

// Failure is Status with a code of the provider's own.
func Failure(status int, code string, header ...string) Step {
	return func(w http.ResponseWriter, _ *Request) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		fmt.Fprintf(w, `{"error": {"message": "It did not work.", "type": "error", "param": null, "code": %s}}`, strconv.Quote(code))
	}
}

// TooMany is 429 with a Retry-After.
func TooMany(retryAfter string) Step {
	return Failure(http.StatusTooManyRequests, "rate_limit_exceeded", "Retry-After", retryAfter)
}

// Page is what a proxy says in the provider's place.
func Page(status int) Step {
	return func(w http.ResponseWriter, _ *Request) {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(status)
		fmt.Fprint(w, "<html><body>Bad gateway</body></html>")
	}
}

// Redirect sends the client elsewhere.
func Redirect(status int, location string) Step {
	return func(w http.ResponseWriter, _ *Request) {
		w.Header().Set("Location", location)
		w.WriteHeader(status)
	}
}

// Slow is Good after a while.
func Slow(wait time.Duration) Step {
	return func(w http.ResponseWriter, r *Request) {
		if r.pause(wait) {
			send(w, good(r, Read))
		}
	}
}

// SlowBytes is Good in pieces, each after a while.
func SlowBytes(pieces int, wait time.Duration) Step {
	return func(w http.ResponseWriter, r *Request) {
		answer := good(r, Read)
		w.Header().Set("Content-Type", "application/json")
		size := (len(answer) + pieces - 1) / pieces
		for len(answer) > 0 && r.pause(wait) {
			n := min(size, len(answer))
			flush(w, answer[:n])
			answer = answer[n:]
		}
	}
}

// Silent never answers.
func Silent() Step { return func(_ http.ResponseWriter, r *Request) { r.gone() } }

// Dribble answers a few bytes and then hangs.
func Dribble(bytes int, wait time.Duration) Step {
	return func(w http.ResponseWriter, r *Request) {
		answer := good(r, Read)
		w.Header().Set("Content-Type", "application/json")
		for _, b := range answer[:min(bytes, len(answer))] {
			if !r.pause(wait) {
				return
			}
			flush(w, []byte{b})
		}
		r.gone()
	}
}

// NotJSON is an answer of success that is none.
func NotJSON() Step {
	return func(w http.ResponseWriter, _ *Request) { send(w, []byte(`{"choices": [{"message": `)) }
}

// Refusal is the model's no.
func Refusal() Step {
	return Completed(Completion{Refusal: "I cannot help with that.", Input: 100, Output: 10})
}

// Truncated is an answer that ran into the bound of its tokens.
func Truncated() Step {
	return Completed(Completion{Content: `{"readings": [{"number": 1, "evid`, Finish: "length", Input: 100, Output: 50})
}

// WrongSchema is JSON of another form than the one asked for.
func WrongSchema() Step { return Content(`{"emotions": [{"id": 1, "emotion": "happy"}]}`) }

// Huge is a good beginning that does not end.
func Huge() Step {
	return func(w http.ResponseWriter, r *Request) {
		w.Header().Set("Content-Type", "application/json")
		flush(w, []byte(`{"choices": [{"message": {"content": "`))
		piece := []byte(strings.Repeat("a", 1<<16))
		for r.r.Context().Err() == nil {
			if _, err := w.Write(piece); err != nil {
				return
			}
		}
	}
}

// Reset breaks the connection, before or in the middle of the answer.
func Reset(midway bool) Step {
	return func(w http.ResponseWriter, r *Request) {
		if midway {
			w.Header().Set("Content-Length", "1000")
			flush(w, good(r, Read)[:20])
		}
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return // it is broken already
		}
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0) // then closing resets; without it, it only ends
		}
		conn.Close()
	}
}

func send(w http.ResponseWriter, answer []byte) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(answer) // the client may have left
}

func flush(w http.ResponseWriter, part []byte) {
	_, _ = w.Write(part) // as in send
	_ = http.NewResponseController(w).Flush()
}

// pause waits, and tells whether the client is still there.
func (r *Request) pause(wait time.Duration) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.r.Context().Done():
	case <-r.closing:
	}
	return false
}
