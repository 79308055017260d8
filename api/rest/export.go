package rest

import (
	"context"
	"encoding/json"
	"io"
	"iter"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/api/wire"
	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/calibration"
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/message"
)

// ExportReadings answers with everything that is kept of how my messages were read.
func (s *Server) ExportReadings(ctx context.Context, _ openapi.ExportReadingsRequestObject) (openapi.ExportReadingsResponseObject, error) {
	learnt, err := s.Calibration.Of(ctx, who(ctx).User)
	if err != nil {
		return nil, err
	}
	return export{learnt: learnt, readings: s.Messages.Kept(ctx, who(ctx).User), locale: me(ctx).Locale, now: s.Now}, nil
}

// export is all that is kept of a person's readings, of which there may be more than fits into memory.
type export struct {
	learnt   *calibration.Calibration
	readings iter.Seq2[message.Kept, error]
	locale   account.Locale
	now      func() time.Time
}

// VisitExportReadingsResponse implements openapi.ExportReadingsResponseObject. After a failure the connection is cut, so that nobody
// takes a part for the whole.
func (e export) VisitExportReadingsResponse(w http.ResponseWriter) error {
	w.Header().Set(echo.HeaderContentType, echo.MIMEApplicationJSON)
	w.WriteHeader(http.StatusOK)
	if err := e.write(w, http.NewResponseController(w)); err != nil {
		panic(http.ErrAbortHandler)
	}
	return nil
}

const (
	// exportPatience is how long a client may take for a number of readings, and exportFlush is that number.
	exportPatience = 30 * time.Second
	exportFlush    = 500
)

func (e export) write(w io.Writer, control *http.ResponseController) error {
	learnt, err := json.Marshal(toCalibration(e.learnt))
	if err != nil {
		return err
	}
	if _, err = io.WriteString(w, `{"calibration":`+string(learnt)+`,"readings":[`); err != nil {
		return err
	}
	written := 0
	for kept, err := range e.readings {
		if err != nil {
			return err
		}
		if written%exportFlush == 0 {
			_ = control.SetWriteDeadline(e.now().Add(exportPatience)) // where that cannot be set, the server's own holds
		}
		one, err := json.Marshal(e.reading(kept))
		if err != nil {
			return err
		}
		if written > 0 {
			one = append([]byte{','}, one...)
		}
		if _, err := w.Write(one); err != nil {
			return err
		}
		written++
	}
	_, err = io.WriteString(w, "]}")
	return err
}

func (e export) reading(k message.Kept) openapi.ExportedReading {
	return openapi.ExportedReading{
		Room: openapi.Id(k.Room), Seq: k.Seq, SentAt: k.SentAt.UTC(), Reading: *wire.Reading(k.Reading, e.locale),
		Purpose: openapi.ReadingPurpose(k.Purpose), MadeAt: k.MadeAt.UTC(),
	}
}

func toCalibration(c *calibration.Calibration) *openapi.Calibration {
	if c == nil {
		return nil
	}
	out := &openapi.Calibration{Corrections: c.Corrections, UpdatedAt: c.UpdatedAt.UTC()}
	for i, label := range emotion.Labels() {
		out.Bias = append(out.Bias, openapi.LabelBias{Label: openapi.Label(label), Bias: c.Bias[i]})
	}
	return out
}
