package storage

import (
	"context"
	"time"

	"go.uber.org/zap"
	"gorm.io/gorm/logger"
)

// slowStatement is the time from which an operator wants to know about a statement.
const slowStatement = 500 * time.Millisecond

// slowLog reports slow statements, without their arguments, which are what people wrote to each other.
// Errors are not logged here: they are returned.
type slowLog struct{ log *zap.Logger }

// LogMode implements gorm's logger; the level is zap's business.
func (l slowLog) LogMode(logger.LogLevel) logger.Interface { return l }

// Info implements gorm's logger.
func (slowLog) Info(context.Context, string, ...any) {}

// Warn implements gorm's logger.
func (slowLog) Warn(context.Context, string, ...any) {}

// Error implements gorm's logger.
func (slowLog) Error(context.Context, string, ...any) {}

// Trace implements gorm's logger.
func (l slowLog) Trace(_ context.Context, begin time.Time, statement func() (string, int64), _ error) {
	if took := time.Since(begin); took >= slowStatement {
		sql, rows := statement()
		l.log.Warn("slow statement", zap.Duration("took", took), zap.Int64("rows", rows), zap.String("sql", sql))
	}
}

// ParamsFilter implements gorm.ParamsFilter and keeps the arguments out of the text given to Trace.
func (slowLog) ParamsFilter(_ context.Context, sql string, _ ...any) (string, []any) { return sql, nil }
