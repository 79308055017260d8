package mood

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/openai"
	"github.com/emosation/emosation/internal/room"
	"go.uber.org/zap"
)

const (
	// MaxMissed is how many messages a digest is about at most.
	MaxMissed = 1000
	// farBack is how many messages of a room are looked at for them, whoever wrote those.
	farBack = 10 * MaxMissed
	// MaxShown is how many messages of each label it names.
	MaxShown = 5
	// maxLines is how many texts, the latest ones, a sentence is made of.
	maxLines = 50
)

// Summaries is a remote engine that puts in a sentence what somebody missed.
type Summaries interface {
	Summarize(ctx context.Context, d openai.Digest) ([]openai.Claim, error)
}

// Digest is what somebody missed in a room.
type Digest struct {
	Unread   int   // messages of others that it is about
	From, To int64 // the seqs of the first and the last one; 0 without any
	Groups   []Group
	Unclear  int
	Without  int // those without a reading that the reader may see
	Sentence []Claim
}

// Group is messages whose readings are clear and of one label.
type Group struct {
	Label emotion.Label
	Count int
	Seqs  []int64 // the surest of them first, MaxShown at most
}

// Claim is a part of a sentence and the messages that it speaks of, all of one person and such as the reader may see.
type Claim struct {
	Text string
	Seqs []int64
}

// Missed returns what a room of the reader's has that they have not read, or what it has after a message, if one is named: read marks
// move on while people look. Errors: room.ErrNotFound, emotion.ErrOff, emotion.ErrHidden, limit.ErrTooMany.
func (s *Service) Missed(ctx context.Context, reader account.User, id room.ID, after *int64) (Digest, error) {
	at, err := s.enter(ctx, reader, id)
	if err != nil {
		return Digest{}, err
	}
	if err := s.allow(ctx, reader); err != nil {
		return Digest{}, err
	}
	db := s.DB.WithContext(ctx)
	shares, err := loadShares(db, id)
	if err != nil {
		return Digest{}, fmt.Errorf("look up what is shared in room %d: %w", id, err)
	}
	if after != nil {
		at.LastReadSeq = *after
	}
	unread, err := missed(db, id, max(at.LastReadSeq, at.LastSeq-farBack), reader.ID)
	if err != nil {
		return Digest{}, fmt.Errorf("look up what was missed in room %d: %w", id, err)
	}
	d := Digest{Unread: len(unread)}
	if len(unread) > 0 {
		d.From, d.To = unread[len(unread)-1].seq, unread[0].seq
	}
	of := make(map[emotion.Label][]reading)
	var tellable []int64
	for _, r := range unread {
		if len(tellable) < maxLines && s.leaves(at.Readings, shares[r.author]) {
			tellable = append(tellable, r.seq)
		}
		switch {
		case !r.there || !s.sees(reader, at.Readings, shares[r.author], r.author):
			d.Without++
		case r.unclear:
			d.Unclear++
		default:
			of[r.label] = append(of[r.label], r)
		}
	}
	d.Groups = groups(of)
	d.Sentence, err = s.sentence(ctx, reader, at, tellable)
	return d, err
}

// groups puts the most frequent label first.
func groups(of map[emotion.Label][]reading) (list []Group) {
	for _, label := range emotion.Labels() {
		if len(of[label]) == 0 {
			continue
		}
		surest := slices.SortedStableFunc(slices.Values(of[label]), func(a, b reading) int { return cmp.Compare(b.confidence, a.confidence) })
		g := Group{Label: label, Count: len(surest)}
		for _, r := range surest[:min(len(surest), MaxShown)] {
			g.Seqs = append(g.Seqs, r.seq)
		}
		list = append(list, g)
	}
	slices.SortStableFunc(list, func(a, b Group) int { return cmp.Compare(b.Count, a.Count) })
	return list
}

// leaves tells whether a message may leave the server for somebody else than its author to be told of it.
func (s *Service) leaves(in room.Readings, share account.ShareReadings) bool {
	return s.Summaries != nil && share == account.ShareEveryone && emotion.Allowed(s.Mode, in, share) == emotion.Remote
}

// sentence tells what some messages say, or nothing where that cannot be told: a digest is whole without it.
func (s *Service) sentence(ctx context.Context, reader account.User, at room.Mine, seqs []int64) ([]Claim, error) {
	if len(seqs) == 0 {
		return nil, nil
	}
	db := s.DB.WithContext(ctx)
	lines, err := s.loadLines(db, at.Room, seqs)
	if err != nil || len(lines) == 0 {
		return nil, err
	}
	made, err := s.Summaries.Summarize(ctx, asked(lines, reader))
	if err != nil {
		s.Log.Info("what was missed is told without a sentence", zap.Error(err)) // which holds nothing of what people wrote
		return nil, nil
	}
	// That took seconds. The reader may be out by now, and others may have changed what they say, or with whom they share it.
	at, err = s.enter(ctx, reader, at.ID)
	if err != nil {
		return nil, err
	}
	now, err := s.loadLines(db, at.Room, seqs)
	if err != nil || !slices.Equal(lines, now) {
		return nil, err
	}
	return cited(made, lines), nil
}

// asked numbers the messages and their authors, whose names and ids nobody else needs.
func asked(lines []line, reader account.User) openai.Digest {
	d := openai.Digest{Language: openai.Language(reader.Locale), Payer: int64(reader.ID)}
	speakers := make(map[account.ID]int)
	for i, l := range lines {
		if speakers[l.author] == 0 {
			speakers[l.author] = len(speakers) + 1
		}
		d.Messages = append(d.Messages, openai.Line{Number: i + 1, Speaker: speakers[l.author], Text: l.text})
	}
	return d
}

// cited leads claims back to their messages. A sentence with a claim that speaks of none, or of any that was not asked about, is
// no sentence of ours.
func cited(made []openai.Claim, lines []line) []Claim {
	claims := make([]Claim, 0, len(made))
	for _, m := range made {
		c := Claim{Text: m.Text}
		for _, number := range m.Numbers {
			if number < 1 || number > len(lines) {
				return nil
			}
			c.Seqs = append(c.Seqs, lines[number-1].seq)
		}
		if c.Text == "" || len(c.Seqs) == 0 {
			return nil
		}
		claims = append(claims, c)
	}
	if len(claims) == 0 {
		return nil
	}
	return claims
}
