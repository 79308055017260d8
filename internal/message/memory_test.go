package message_test

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/message"
	"github.com/emosation/emosation/internal/room"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"gorm.io/gorm"
	"pgregory.net/rapid"
)

// secondNode is another node on the database of a world: it remembers nothing of what the first one does.
func (w *world) secondNode(t *testing.T) *world {
	other := &world{db: w.db, engine: &spy{}, events: w.events, people: 1000}
	other.messages = message.NewService(w.db, emotion.ModeEmbedded, other.engine, other.events, time.Now, zap.NewNop())
	other.rooms = room.NewService(room.Deps{
		DB: w.db, Selections: func(*gorm.DB, room.ID, account.ID) error { return nil }, Journal: other.messages, Events: other.events, MaxCapacity: 100, Now: time.Now,
	})
	other.start(t)
	return other
}

func TestWhatANodeRemembersNeverOutweighsAnother(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		other := w.secondNode(t)
		host, guest, id := w.group(t)
		first := w.send(t, guest, id, "now this node knows the room")
		require.NotNil(t, first.Reading)

		_, err := other.messages.Edit(t.Context(), guest, id, first.Seq, "edited elsewhere")
		require.NoError(t, err)
		_, err = other.messages.Edit(t.Context(), guest, id, first.Seq, "and once more")
		require.NoError(t, err)
		next := w.send(t, guest, id, "its rev comes after the edits")
		require.Equal(t, []int64{first.Seq + 1, first.Rev + 3}, []int64{next.Seq, next.Rev})

		between := other.send(t, host, id, "written elsewhere")
		require.Equal(t, next.Seq+1, between.Seq)
		require.Equal(t, next.Seq+2, w.send(t, guest, id, "a seq further").Seq)

		setShare(t, w, guest, account.ShareOff)
		asked := len(w.engine.seen())
		require.Nil(t, w.send(t, guest, id, "for nobody to read").Reading)
		require.LessOrEqual(t, len(w.engine.seen()), asked+1, "at most until it was noticed")
		asked = len(w.engine.seen())
		require.Nil(t, w.send(t, guest, id, "nor this").Reading)
		require.Len(t, w.engine.seen(), asked)
		setShare(t, w, guest, account.ShareSelf)
		require.NotNil(t, w.send(t, guest, id, "for myself").Reading)

		require.NoError(t, other.rooms.Kick(t.Context(), host, id, guest))
		_, err = w.messages.Send(t.Context(), guest, id, draft("from outside"))
		require.ErrorIs(t, err, room.ErrNotFound)
		w.send(t, host, id, "before the end")
		_, err = other.rooms.Close(t.Context(), host, id, room.Expected{})
		require.NoError(t, err)
		_, err = w.messages.Send(t.Context(), host, id, draft("after the end"))
		require.ErrorIs(t, err, room.ErrClosed)
	})
}

func TestAnAnswerToWhatOnlyAnotherNodeKnowsYetIsTaken(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		other := w.secondNode(t)
		host, guest, id := w.group(t)
		other.send(t, host, id, "now that node knows the room")
		question := w.send(t, guest, id, "written here")
		answer := draft("yes")
		answer.ReplyTo = &question.Seq
		sent, err := other.messages.Send(t.Context(), host, id, answer)
		require.NoError(t, err)
		require.Equal(t, question.Seq, *sent.Message.ReplyTo)

		nothing := draft("to nothing")
		nothing.ReplyTo = new(sent.Message.Seq + 1)
		_, err = w.messages.Send(t.Context(), guest, id, nothing)
		require.ErrorIs(t, err, message.ErrReply)
	})
}

func setShare(t *testing.T, w *world, who account.ID, share account.ShareReadings) {
	t.Helper()
	service := account.NewService(w.db, room.UserChanged, w.events, time.Now)
	_, err := service.Update(t.Context(), who, account.Change{ShareReadings: &share})
	require.NoError(t, err)
}

// TestReadMarksOfSendersAreThoseOfAModel sends, reads and writes lines in any order from two nodes.
func TestReadMarksOfSendersAreThoseOfAModel(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		nodes := []*world{w, w.secondNode(t)}
		host, guest, id := w.group(t)
		people := []account.ID{host, guest}
		rapid.Check(t, func(rt *rapid.T) {
			want := make(map[account.ID]int64)
			for _, who := range people {
				mine, err := w.rooms.Get(t.Context(), who, id)
				require.NoError(t, err)
				want[who] = mine.LastReadSeq
			}
			for range rapid.IntRange(1, 12).Draw(rt, "steps") {
				node, who := rapid.SampledFrom(nodes).Draw(rt, "node"), rapid.SampledFrom(people).Draw(rt, "who")
				switch rapid.SampledFrom([]string{"send", "read", "line"}).Draw(rt, "what") {
				case "send":
					want[who] = node.send(t, who, id, "hello").Seq
				case "read":
					mine, err := w.rooms.Get(t.Context(), who, id)
					require.NoError(t, err)
					seq := rapid.Int64Range(1, max(1, mine.LastSeq)).Draw(rt, "seq")
					require.NoError(t, node.rooms.MarkRead(t.Context(), who, id, seq))
					want[who] = max(want[who], seq)
				case "line":
					mine, err := w.rooms.Get(t.Context(), host, id)
					require.NoError(t, err)
					title := "title " + strconv.FormatInt(mine.LastRev, 10)
					_, err = node.rooms.Update(t.Context(), host, id, room.Update{Title: &title}, room.Expected{})
					require.NoError(t, err)
					if want[host] == mine.LastSeq { // what one did oneself is no news
						want[host]++
					}
				}
				for _, who := range people {
					mine, err := w.rooms.Get(t.Context(), who, id)
					require.NoError(t, err)
					require.Equal(t, want[who], mine.LastReadSeq)
					members, _, err := w.rooms.Members(t.Context(), host, id)
					require.NoError(t, err)
					for _, m := range members {
						require.Equal(t, want[m.ID], m.LastReadSeq)
					}
				}
			}
		})
	})
}

// A batch of many goes into the database by several statements.
func TestARepeatAmongManyIsNoHarmToTheOthers(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		minji, _, id := w.pair(t)
		again := draft("once")
		first, err := w.messages.Send(t.Context(), minji, id, again)
		require.NoError(t, err)

		restarted := message.NewService(w.db, emotion.ModeEmbedded, w.engine, w.events, time.Now, zap.NewNop())
		const others = 150
		outcomes := make(chan error, others+1)
		var seqs []int64
		send := func(d message.Draft) {
			restarted.SendAsync(t.Context(), minji, id, d, func(sent message.Sent, err error) {
				seqs = append(seqs, sent.Message.Seq)
				outcomes <- err
			})
		}
		for i := range others {
			send(draft(fmt.Sprint("message ", i)))
		}
		send(again)
		ctx, stop := context.WithCancel(t.Context())
		var writer sync.WaitGroup
		writer.Go(func() { _ = restarted.Run(ctx) })
		for range others + 1 {
			require.NoError(t, <-outcomes)
		}
		stop()
		writer.Wait()
		require.Equal(t, first.Message.Seq, seqs[others])
		for i, seq := range seqs[:others] {
			require.Equal(t, first.Message.Seq+1+int64(i), seq)
		}
	})
}
