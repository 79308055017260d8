package rest

import (
	"context"
	"strconv"
	"time"

	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/api/wire"
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/limit"
	"github.com/emosation/emosation/internal/message"
	"github.com/emosation/emosation/internal/room"
)

// corrections are allowed to one person: to be learnt from, each costs the writer of messages a hundred times what a message does.
var corrections = limit.Rule{Name: "correction", Burst: 30, Every: 2 * time.Second}

// CorrectReading says how a message of mine was meant.
func (s *Server) CorrectReading(ctx context.Context, in openapi.CorrectReadingRequestObject) (openapi.CorrectReadingResponseObject, error) {
	if err := s.Limits.Allow(ctx, corrections, strconv.FormatInt(int64(who(ctx).User), 10)); err != nil {
		return nil, err
	}
	said := emotion.Correction{Label: emotion.Label(in.Body.Label)}
	if in.Body.Fine != nil {
		said.Fine = string(*in.Body.Fine)
	}
	out, err := s.changed(ctx, func(reader wire.Reader) (message.Message, error) {
		return s.Messages.Correct(ctx, reader.ID, room.ID(in.RoomId), in.Seq, said)
	})
	return openapi.CorrectReading200JSONResponse(out), err
}

// WithdrawCorrection takes that back.
func (s *Server) WithdrawCorrection(ctx context.Context, in openapi.WithdrawCorrectionRequestObject) (openapi.WithdrawCorrectionResponseObject, error) {
	if err := s.Limits.Allow(ctx, corrections, strconv.FormatInt(int64(who(ctx).User), 10)); err != nil {
		return nil, err
	}
	out, err := s.changed(ctx, func(reader wire.Reader) (message.Message, error) {
		return s.Messages.Withdraw(ctx, reader.ID, room.ID(in.RoomId), in.Seq)
	})
	return openapi.WithdrawCorrection200JSONResponse(out), err
}

// ResetCalibration forgets what my corrections taught.
func (s *Server) ResetCalibration(ctx context.Context, _ openapi.ResetCalibrationRequestObject) (openapi.ResetCalibrationResponseObject, error) {
	return openapi.ResetCalibration204Response{}, s.Calibration.Reset(ctx, who(ctx).User)
}

// PreviewReading reads a draft of mine.
func (s *Server) PreviewReading(ctx context.Context, in openapi.PreviewReadingRequestObject) (openapi.PreviewReadingResponseObject, error) {
	me := me(ctx)
	preview, err := s.Previews.Read(ctx, me, room.ID(or(in.Body.RoomId, 0)), in.Body.Text)
	if err != nil {
		return nil, err
	}
	return openapi.PreviewReading200JSONResponse{Reading: *wire.Reading(preview.Reading, me.Locale), Tense: preview.Tense}, nil
}
