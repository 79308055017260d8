// Package observability is how an operator sees the running program: logs, metrics, health and request ids.
package observability

import (
	"io"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// NewLogger writes one JSON object a line from the given level on. What people write, passwords and tokens are never
// logged, at no level: log ids.
func NewLogger(level zapcore.Level, out io.Writer) *zap.Logger {
	encoding := zapcore.EncoderConfig{
		TimeKey:        "time",
		LevelKey:       "level",
		NameKey:        "logger",
		MessageKey:     "message",
		StacktraceKey:  "stack",
		EncodeLevel:    zapcore.LowercaseLevelEncoder,
		EncodeTime:     func(t time.Time, e zapcore.PrimitiveArrayEncoder) { e.AppendString(t.UTC().Format(time.RFC3339Nano)) },
		EncodeDuration: zapcore.SecondsDurationEncoder,
	}
	return zap.New(discreet{zapcore.NewCore(zapcore.NewJSONEncoder(encoding), zapcore.Lock(zapcore.AddSync(out)), level)})
}
