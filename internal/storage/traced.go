package storage

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"

	"github.com/XSAM/otelsql"
	gosqlite "github.com/glebarez/go-sqlite"
	mysqldriver "github.com/go-sql-driver/mysql"
	"github.com/redis/rueidis"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/emosation/emosation/internal/tracing"
)

// pools opens pools of connections, whose statements are followed where there are options for that.
type pools struct{ options []otelsql.Option }

// tracedPools follows the statements of what is traced. A span has the statement with its placeholders, never a value; errors quote values,
// so that only their kind is told.
func tracedPools(provider trace.TracerProvider, system string) pools {
	if provider == nil {
		return pools{}
	}
	return pools{[]otelsql.Option{
		otelsql.WithTracerProvider(provider),
		otelsql.WithAttributes(attribute.String("db.system.name", system)),
		otelsql.WithSpanOptions(otelsql.SpanOptions{
			OmitConnResetSession: true, OmitConnPrepare: true, OmitRows: true, OmitConnectorConnect: true,
			RecordError: func(error) bool { return false },
			SpanFilter: func(ctx context.Context, _ otelsql.Method, _ string, _ []driver.NamedValue) bool {
				return tracing.Of(ctx) != nil
			},
		}),
		otelsql.WithSpanErrorAttributesGetter(func(err error) []attribute.KeyValue {
			return []attribute.KeyValue{attribute.String("error.type", kindOf(err))}
		}),
	}}
}

// kindOf is what a server calls an error.
func kindOf(err error) string {
	if e, ok := errors.AsType[*mysqldriver.MySQLError](err); ok {
		return fmt.Sprintf("mysql_%d", e.Number)
	}
	if e, ok := errors.AsType[*gosqlite.Error](err); ok {
		return fmt.Sprintf("sqlite_%d", e.Code())
	}
	return "other"
}

func (p pools) connect(c driver.Connector) *sql.DB {
	if p.options == nil {
		return sql.OpenDB(c)
	}
	return otelsql.OpenDB(c, p.options...)
}

func (p pools) open(driverName, dsn string) (*sql.DB, error) {
	if p.options == nil {
		return sql.Open(driverName, dsn)
	}
	return otelsql.Open(driverName, dsn, p.options...)
}

// askRedis begins the span of a command that Redis is asked, if ctx is traced. It tells the command alone: keys hold ids and hashes.
func askRedis(ctx context.Context, command []string) (context.Context, trace.Span) {
	ctx, span := tracing.Child(ctx, "redis", trace.SpanKindClient)
	if span.IsRecording() {
		span.SetName(command[0])
		span.SetAttributes(attribute.String("db.system.name", "redis"), attribute.String("db.operation.name", command[0]))
	}
	return ctx, span
}

func answered(span trace.Span, err error) {
	if span.IsRecording() && err != nil && !rueidis.IsRedisNil(err) {
		span.SetStatus(codes.Error, "")
	}
	span.End()
}
