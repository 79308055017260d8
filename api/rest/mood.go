package rest

import (
	"context"

	"github.com/oapi-codegen/runtime/types"

	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/mood"
	"github.com/emosation/emosation/internal/room"
)

// defaultDays is the stretch of a mood for which no days are given, as openapi.yaml says.
const defaultDays = 7

// GetMood answers with how a conversation felt over time.
func (s *Server) GetMood(ctx context.Context, in openapi.GetMoodRequestObject) (openapi.GetMoodResponseObject, error) {
	line, err := s.Mood.Of(ctx, me(ctx), room.ID(in.RoomId), int(or(in.Params.Days, defaultDays)))
	if err != nil {
		return nil, err
	}
	return openapi.GetMood200JSONResponse{
		Unit: openapi.MoodUnit(line.Unit), TimeZone: s.Mood.Zone.String(), LeastPeople: line.LeastPeople, Buckets: each(line.Buckets, toBucket),
	}, nil
}

// GetDigest answers with what I missed in a room.
func (s *Server) GetDigest(ctx context.Context, in openapi.GetDigestRequestObject) (openapi.GetDigestResponseObject, error) {
	d, err := s.Mood.Missed(ctx, me(ctx), room.ID(in.RoomId), in.Params.After)
	if err != nil {
		return nil, err
	}
	answer := openapi.GetDigest200JSONResponse{
		Unread: d.Unread, From: d.From, To: d.To, Groups: each(d.Groups, toDigestGroup), Unclear: d.Unclear, Without: d.Without,
	}
	if d.Sentence != nil {
		answer.Sentence = new(each(d.Sentence, toClaim))
	}
	return answer, nil
}

// GetReflection answers with a week of my own messages.
func (s *Server) GetReflection(ctx context.Context, in openapi.GetReflectionRequestObject) (openapi.GetReflectionResponseObject, error) {
	r, err := s.Mood.Reflect(ctx, me(ctx), or(in.Params.Week, ""))
	if err != nil {
		return nil, err
	}
	return openapi.GetReflection200JSONResponse{
		Week: r.Week, From: r.From.UTC(), To: r.To.UTC(), TimeZone: s.Mood.Zone.String(), Messages: r.Messages, Counts: toMoodCounts(r.Counts),
		Days: each(r.Days[:], toReflectionDay), Corrected: r.Corrected,
	}, nil
}

func toBucket(b mood.Bucket) openapi.MoodBucket {
	bucket := openapi.MoodBucket{From: b.From.UTC(), To: b.To.UTC()}
	if b.Counts != nil {
		bucket.Counts = new(toMoodCounts(*b.Counts))
	}
	return bucket
}

func toMoodCounts(c mood.Counts) openapi.MoodCounts {
	counts := openapi.MoodCounts{Labels: []openapi.LabelCount{}, Love: c.Love, Unclear: c.Unclear}
	for i, label := range emotion.Labels() {
		if c.Labels[i] > 0 {
			counts.Labels = append(counts.Labels, openapi.LabelCount{Label: openapi.Label(label), Count: c.Labels[i]})
		}
	}
	if c.Clear() > 0 {
		counts.Valence = new(c.Valence())
	}
	return counts
}

func toDigestGroup(g mood.Group) openapi.DigestGroup {
	return openapi.DigestGroup{Label: openapi.Label(g.Label), Count: g.Count, Seqs: g.Seqs}
}

func toClaim(c mood.Claim) openapi.Claim { return openapi.Claim{Text: c.Text, Seqs: c.Seqs} }

func toReflectionDay(d mood.ReflectedDay) openapi.ReflectionDay {
	return openapi.ReflectionDay{Date: types.Date{Time: d.From}, Messages: d.Messages, Counts: toMoodCounts(d.Counts)}
}
