package rest

import (
	"context"
	"iter"
	"net/http"
	"time"

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

// VisitExportReadingsResponse implements openapi.ExportReadingsResponseObject.
func (e export) VisitExportReadingsResponse(w http.ResponseWriter) error {
	return download(w, e.now, e.write)
}

func (e export) write(s *stream) {
	s.text(`{"calibration":`)
	s.value(toCalibration(e.learnt))
	s.text(`,"readings":`)
	list(s, e.readings, e.reading)
	s.text("}")
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
