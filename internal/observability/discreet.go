package observability

import (
	"fmt"
	"regexp"
	"runtime"
	"strings"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// secretive finds in the text of an error what must not stand in a log: e-mail addresses, also as parts of a URL, tokens of ours, and what a
// Redis that does not know a command repeats of its arguments.
var secretive = regexp.MustCompile(`[^\s'"<>@=,;][^\s"<>@,;]*(?:@|%40)[^\s'"<>@,;]+\.[^\s'"<>@,;]+|eyJ[\w-]{8,}[\w.-]*|, with args beginning with: .*`)

// Discreet returns the text of an error without what people wrote or sign in with. Whoever makes an error leaves it out already: this is for the
// errors of others that quote what they were given.
func Discreet(err error) string { return scrub(err.Error()) }

func scrub(text string) string {
	for _, part := range [...]string{"@", "%40", "eyJ", ", with args"} { // without any of which there is nothing to find, in a tenth of the time
		if strings.Contains(text, part) {
			return secretive.ReplaceAllString(text, "…")
		}
	}
	return text
}

// Panicked describes what somebody panicked with, of which only the runtime's own words are known to quote nobody.
func Panicked(value any) string {
	if err, ok := value.(runtime.Error); ok {
		return Discreet(err)
	}
	return fmt.Sprintf("%T", value)
}

// discreet is a core that writes errors as Discreet has them.
type discreet struct{ zapcore.Core }

// With implements zapcore.Core.
func (c discreet) With(fields []zapcore.Field) zapcore.Core {
	return discreet{c.Core.With(tactful(fields))}
}

// Check implements zapcore.Core.
func (c discreet) Check(entry zapcore.Entry, to *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if c.Enabled(entry.Level) {
		return to.AddCore(entry, c)
	}
	return to
}

// Write implements zapcore.Core. The messages of our own are constants, those of libraries may be anything.
func (c discreet) Write(entry zapcore.Entry, fields []zapcore.Field) error {
	entry.Message = scrub(entry.Message)
	return c.Core.Write(entry, tactful(fields))
}

// tactful replaces the errors among fields. The fields are the caller's, who is done with them.
func tactful(fields []zapcore.Field) []zapcore.Field {
	for i, f := range fields {
		if err, ok := f.Interface.(error); ok && f.Type == zapcore.ErrorType {
			fields[i] = zap.String(f.Key, Discreet(err))
		}
	}
	return fields
}
