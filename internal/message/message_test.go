package message_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/fault"
	"github.com/emosation/emosation/internal/message"
	"github.com/emosation/emosation/internal/room"
	"github.com/stretchr/testify/require"
)

func TestASentMessageIsInTheHistoryAsItWasAnswered(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		a, b, id := w.pair(t)
		first := w.send(t, a, id, "오늘 정말 고마웠어 ㅠㅠ")
		reply := draft("뭘 그런 걸로 👨‍👩‍👧‍👦")
		reply.ReplyTo = &first.Seq
		second, err := w.messages.Send(t.Context(), b, id, reply)
		require.NoError(t, err)

		require.EqualValues(t, 1, first.Seq)
		require.EqualValues(t, 2, second.Message.Seq)
		page := w.history(t, a, id, message.Cursor{})
		require.Equal(t, []message.Message{first, second.Message}, page.Items)
		require.EqualValues(t, 2, page.Room.LastSeq)
		require.EqualValues(t, 2, page.Room.LastRev)
		require.False(t, page.HasMore)
	})
}

func TestARepeatedClientIDReturnsTheFirstResult(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		a, b, id := w.pair(t)
		d := draft("once")
		first, err := w.messages.Send(t.Context(), a, id, d)
		require.NoError(t, err)
		again, err := w.messages.Send(t.Context(), a, id, message.Draft{ClientID: strings.ToUpper(d.ClientID), Body: "another text"})
		require.NoError(t, err)
		require.True(t, again.Repeat)
		require.Equal(t, first.Message, again.Message)

		_, err = w.messages.Send(t.Context(), b, id, d) // the same id of another person is another message
		require.NoError(t, err)
		require.Len(t, w.history(t, a, id, message.Cursor{}).Items, 2)
		w.publishes(t, id, 2)
	})
}

func TestConcurrentSendsMakeGaplessSeqsAndRevsInEveryRoom(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		const pairs, each = 4, 60
		type place struct {
			people [2]account.ID
			id     room.ID
		}
		var places []place
		for range pairs {
			a, b, id := w.pair(t)
			places = append(places, place{[2]account.ID{a, b}, id})
		}
		var senders sync.WaitGroup
		errs := make(chan error, pairs*2*each*2)
		for _, p := range places {
			for _, who := range p.people {
				senders.Go(func() {
					for i := range each {
						d := draft(fmt.Sprintf("%d of %d", i, who))
						for range 2 { // every message is sent twice
							_, err := w.messages.Send(t.Context(), who, p.id, d)
							errs <- err
						}
					}
				})
			}
		}
		senders.Wait()
		close(errs)
		for err := range errs {
			require.NoError(t, err)
		}
		for _, p := range places {
			page := w.history(t, p.people[0], p.id, message.Cursor{})
			require.Len(t, page.Items, 2*each)
			for i, m := range page.Items {
				require.EqualValues(t, i+1, m.Seq)
				require.EqualValues(t, i+1, m.Rev)
			}
			require.Equal(t, page.Items, w.publishes(t, p.id, 2*each), "published in the order of seq")
		}
	})
}

func TestSendingMarksTheRoomAsReadForItsSenderOnly(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		a, b, id := w.pair(t)
		w.send(t, a, id, "one")
		w.send(t, a, id, "two")
		mineA, err := w.rooms.Get(t.Context(), a, id)
		require.NoError(t, err)
		mineB, err := w.rooms.Get(t.Context(), b, id)
		require.NoError(t, err)
		require.Zero(t, mineA.Unread())
		require.EqualValues(t, 2, mineB.Unread())
	})
}

func TestNobodyButMembersSendsReadsOrChanges(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		a, _, id := w.pair(t)
		stranger := w.person(t, account.ShareEveryone)
		m := w.send(t, a, id, "ours")
		for _, target := range []room.ID{id, id + 1000} { // forbidden and unknown look alike
			_, err := w.messages.Send(t.Context(), stranger, target, draft("let me in"))
			require.Equal(t, room.ErrNotFound, err)
			_, err = w.messages.History(t.Context(), stranger, target, message.Cursor{Limit: 1})
			require.ErrorIs(t, err, room.ErrNotFound)
			_, err = w.messages.Edit(t.Context(), stranger, target, m.Seq, "x")
			require.ErrorIs(t, err, room.ErrNotFound)
			require.ErrorIs(t, w.messages.Delete(t.Context(), stranger, target, m.Seq), room.ErrNotFound)
			_, err = w.messages.React(t.Context(), stranger, target, m.Seq, "👍")
			require.ErrorIs(t, err, room.ErrNotFound)
		}
		require.Len(t, w.history(t, a, id, message.Cursor{}).Items, 1)
	})
}

func TestAReadOnlyRoomIsHistory(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		a, b, id := w.pair(t)
		m := w.send(t, a, id, "before")
		w.freeze(t, a, b)
		_, err := w.messages.Send(t.Context(), b, id, draft("after"))
		require.ErrorIs(t, err, room.ErrReadOnly)
		_, err = w.messages.Edit(t.Context(), a, id, m.Seq, "changed")
		require.ErrorIs(t, err, room.ErrReadOnly)
		require.ErrorIs(t, w.messages.Delete(t.Context(), a, id, m.Seq), room.ErrReadOnly)
		_, err = w.messages.React(t.Context(), b, id, m.Seq, "👍")
		require.ErrorIs(t, err, room.ErrReadOnly)
		require.Equal(t, []message.Message{m}, w.history(t, b, id, message.Cursor{}).Items)
	})
}

func TestWrongDraftsNameTheFieldAndStoreNothing(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		a, _, id := w.pair(t)
		reply := draft("hm")
		reply.ReplyTo = new(int64(1))
		for field, drafts := range map[string][]message.Draft{
			"body.body": {
				draft(""), draft(" \n\t"), draft("\u200b\u2060"), draft("\u3164"), draft(strings.Repeat("가", message.MaxBody+1)),
				draft("bell\a"), draft("nul\x00"), draft("half \xff"),
			},
			"body.clientId": {{ClientID: "1", Body: "hi"}, {Body: "hi"}, {ClientID: "{0f8fad5b-d9cb-469f-a165-70867728950e}", Body: "hi"}},
			"body.replyTo":  {reply},
		} {
			for _, d := range drafts {
				_, err := w.messages.Send(t.Context(), a, id, d)
				require.ErrorIs(t, err, fault.ErrInvalid, "%q", d)
				require.Equal(t, field, err.(*fault.Error).Fields[0].Name) //nolint:errorlint // ErrorIs has just said so
			}
		}
		require.Empty(t, w.history(t, a, id, message.Cursor{}).Items)
		w.send(t, a, id, strings.Repeat("😀", message.MaxBody))
	})
}

func TestEditDeleteAndReactionsMoveTheRevAndNothingElse(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		a, b, id := w.pair(t)
		m := w.send(t, a, id, "helo")
		w.send(t, b, id, "hi")

		edited, err := w.messages.Edit(t.Context(), a, id, m.Seq, "hello")
		require.NoError(t, err)
		require.EqualValues(t, 3, edited.Rev)
		require.Equal(t, "hello", edited.Body)
		require.NotNil(t, edited.EditedAt)
		same, err := w.messages.Edit(t.Context(), a, id, m.Seq, "hello")
		require.NoError(t, err)
		require.Equal(t, edited, same, "the same text changes nothing")

		liked, err := w.messages.React(t.Context(), b, id, m.Seq, "👍")
		require.NoError(t, err)
		require.Equal(t, []message.Reaction{{Emoji: "👍", Users: []account.ID{b}}}, liked.Reactions)
		again, err := w.messages.React(t.Context(), b, id, m.Seq, "👍")
		require.NoError(t, err)
		require.Equal(t, liked, again)
		_, err = w.messages.React(t.Context(), a, id, m.Seq, "👍")
		require.NoError(t, err)
		taken, err := w.messages.Unreact(t.Context(), b, id, m.Seq, "👍")
		require.NoError(t, err)
		require.Equal(t, []message.Reaction{{Emoji: "👍", Users: []account.ID{a}}}, taken.Reactions)

		_, err = w.messages.Edit(t.Context(), b, id, m.Seq, "mine now")
		require.ErrorIs(t, err, message.ErrNotYours)
		require.ErrorIs(t, w.messages.Delete(t.Context(), b, id, m.Seq), message.ErrNotYours)
		require.NoError(t, w.messages.Delete(t.Context(), a, id, m.Seq))
		require.NoError(t, w.messages.Delete(t.Context(), a, id, m.Seq))
		_, err = w.messages.Edit(t.Context(), a, id, m.Seq, "back")
		require.ErrorIs(t, err, message.ErrDeleted)
		_, err = w.messages.React(t.Context(), b, id, m.Seq, "👍")
		require.ErrorIs(t, err, message.ErrDeleted)
		_, err = w.messages.Edit(t.Context(), a, id, 99, "nothing")
		require.ErrorIs(t, err, message.ErrNotFound)

		page := w.history(t, b, id, message.Cursor{})
		tomb := page.Items[0]
		require.EqualValues(t, 7, tomb.Rev)
		require.Empty(t, tomb.Body)
		require.Empty(t, tomb.Reactions)
		require.Nil(t, tomb.Reading)
		require.NotNil(t, tomb.DeletedAt)
		require.EqualValues(t, 7, page.Room.LastRev)
		require.EqualValues(t, 2, page.Room.LastSeq)
		revs := []int64{}
		for _, e := range w.published(id) {
			revs = append(revs, e.Rev)
		}
		require.Equal(t, []int64{1, 2, 3, 4, 5, 6, 7}, revs)
	})
}

func TestOnlyOneEmojiIsAReaction(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		a, _, id := w.pair(t)
		m := w.send(t, a, id, "hi")
		for _, emoji := range []string{"👍", "❤️", "👨‍👩‍👧‍👦", "🇰🇷", "1️⃣", "👋🏽"} {
			_, err := w.messages.React(t.Context(), a, id, m.Seq, emoji)
			require.NoError(t, err, emoji)
		}
		for _, emoji := range []string{"", "a", "ㅋ", "👍👍", "👍a", "1", " ", "<b>", strings.Repeat("\u200d", 9)} {
			_, err := w.messages.React(t.Context(), a, id, m.Seq, emoji)
			require.ErrorIs(t, err, fault.ErrInvalid, emoji)
		}
	})
}

func TestCursorsWalkTheWholeHistory(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		a, b, id := w.pair(t)
		for i := range 25 {
			w.send(t, a, id, fmt.Sprint(i))
		}
		var back, forth []int64
		for cursor := (message.Cursor{Limit: 10}); ; {
			page := w.history(t, b, id, cursor)
			for i := len(page.Items) - 1; i >= 0; i-- {
				back = append(back, page.Items[i].Seq)
			}
			if !page.HasMore {
				break
			}
			cursor.Before = &page.Items[0].Seq
		}
		for cursor := (message.Cursor{Limit: 10, After: new(int64)}); ; {
			page := w.history(t, b, id, cursor)
			for _, m := range page.Items {
				forth = append(forth, m.Seq)
			}
			if !page.HasMore {
				break
			}
			cursor.After = &page.Items[len(page.Items)-1].Seq
		}
		require.Len(t, forth, 25)
		for i := range forth {
			require.EqualValues(t, i+1, forth[i])
			require.EqualValues(t, 25-i, back[i])
		}

		_, err := w.messages.Edit(t.Context(), a, id, 3, "changed")
		require.NoError(t, err)
		page := w.history(t, b, id, message.Cursor{SinceRev: new(int64(24))})
		require.Len(t, page.Items, 2)
		require.EqualValues(t, 25, page.Items[0].Seq)
		require.EqualValues(t, 3, page.Items[1].Seq)

		for _, wrong := range []message.Cursor{
			{Limit: 0}, {Limit: message.MaxPage + 1}, {Limit: 1, Before: new(int64(1)), After: new(int64(1))}, {Limit: 1, SinceRev: new(int64(-1))},
		} {
			_, err := w.messages.History(t.Context(), a, id, wrong)
			require.ErrorIs(t, err, fault.ErrInvalid)
		}
	})
}

func TestTheTextOfWhoSaidOffReachesNoEngine(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		silent, other := w.person(t, account.ShareOff), w.person(t, account.ShareSelf)
		mine, _, err := w.rooms.OpenDirect(t.Context(), silent, other)
		require.NoError(t, err)
		m := w.send(t, silent, mine.ID, "a secret")
		require.Nil(t, m.Reading)
		_, err = w.messages.Edit(t.Context(), silent, mine.ID, m.Seq, "another secret")
		require.NoError(t, err)
		require.Empty(t, w.engine.seen())

		read := w.send(t, other, mine.ID, "hello")
		require.NotNil(t, read.Reading)
		require.Equal(t, []string{"hello"}, w.engine.seen())
		page := w.history(t, other, mine.ID, message.Cursor{})
		require.Nil(t, page.Items[0].Reading)
		require.Equal(t, read.Reading, page.Items[1].Reading, "stored as it was computed")
		require.Equal(t, account.ShareSelf, page.Items[1].Share)
	})
}

func TestLatestIsTheNewestMessageOfEachRoom(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		a, b, id := w.pair(t)
		_, _, silent := w.pair(t)
		w.send(t, a, id, "old")
		newest := w.send(t, b, id, "new")
		latest, err := w.messages.Latest(t.Context(), []room.Mine{{Room: room.Room{ID: id}}, {Room: room.Room{ID: silent}}})
		require.NoError(t, err)
		require.Len(t, latest, 1)
		require.Equal(t, newest.Seq, latest[id].Seq)
		require.Equal(t, "new", latest[id].Body)
	})
}
