package booking_test

import (
	"crypto/ed25519"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/booking"
	"github.com/emosation/emosation/internal/limit"
	"github.com/emosation/emosation/internal/storage"
	"github.com/emosation/emosation/internal/testkit"
)

// booked is a room with two members that holds a box.
type booked struct {
	world
	room       booking.RoomID
	box        booking.Box
	key        string
	minji, ben account.ID
}

func newBooked(w world) booked {
	b := booked{world: w, box: w.box(), minji: w.user("minji"), ben: w.user("ben")}
	b.key = w.key(b.box.ID)
	b.room = w.room(b.minji, b.ben)
	require.NoError(w.t, w.book(w.store().ID, b.box.ID, b.room))
	return b
}

func eachBooked(t *testing.T, test func(t *testing.T, b booked)) {
	eachWorld(t, func(t *testing.T, w world) { test(t, newBooked(w)) })
}

func TestACodeOpensItsBoxOnce(t *testing.T) {
	eachBooked(t, func(t *testing.T, b booked) {
		code := b.code(b.room, b.minji)
		other := b.code(b.room, b.ben)
		require.Regexp(t, `^[0-9]{6}$`, code.Digits)
		require.Equal(t, b.box.ID, code.Box.ID)

		room, who, err := b.Open(t.Context(), b.box.ID, b.key, code.Digits)
		require.NoError(t, err)
		require.Equal(t, b.room, room)
		require.Equal(t, b.minji, who)
		_, _, err = b.Open(t.Context(), b.box.ID, b.key, code.Digits)
		require.ErrorIs(t, err, booking.ErrCode)

		_, who, err = b.Open(t.Context(), b.box.ID, b.key, other.Digits)
		require.NoError(t, err, "another member's code is not used up")
		require.Equal(t, b.ben, who)
	})
}

func TestOfTwentyOpeningsWithOneCodeOneSucceeds(t *testing.T) {
	eachBooked(t, func(t *testing.T, b booked) {
		const tries = 20
		for range 10 {
			code := b.code(b.room, b.minji)
			got := outcomes(tries, func(int) error {
				_, _, err := b.Open(t.Context(), b.box.ID, b.key, code.Digits)
				if errors.Is(err, booking.ErrCode) {
					return booking.ErrCode
				}
				return err
			})
			require.Equal(t, map[string]int{"<nil>": 1, booking.ErrCode.Error(): tries - 1}, got)
		}
	})
}

func TestOnlyTheCodeOfAMemberOpens(t *testing.T) {
	eachBooked(t, func(t *testing.T, b booked) {
		code := b.code(b.room, b.minji)
		for _, wrong := range []string{"", " " + code.Digits, code.Digits[:5], code.Digits + "0", "!#%&*@"} {
			_, _, err := b.Open(t.Context(), b.box.ID, b.key, wrong)
			require.ErrorIs(t, err, booking.ErrCode, "%q", wrong)
		}
		for _, state := range []string{"left", "kicked"} {
			require.NoError(t, b.db.Exec("UPDATE room_users SET state = ? WHERE room_id = ? AND user_id = ?", state, b.room, b.minji).Error)
			_, _, err := b.Open(t.Context(), b.box.ID, b.key, code.Digits)
			require.ErrorIs(t, err, booking.ErrCode, state)
		}
		require.NoError(t, b.db.Exec("UPDATE room_users SET state = 'joined' WHERE room_id = ? AND user_id = ?", b.room, b.minji).Error)
		_, _, err := b.Open(t.Context(), b.box.ID, b.key, code.Digits)
		require.NoError(t, err, "a refused code is not used up")
	})
}

func TestACodeOpensNoOtherBox(t *testing.T) {
	eachBooked(t, func(t *testing.T, b booked) {
		code := b.code(b.room, b.minji)
		other := b.world.box()
		key := b.world.key(other.ID)
		require.NoError(t, b.book(b.store().ID, other.ID, b.world.room(b.minji)))
		_, _, err := b.Open(t.Context(), other.ID, key, code.Digits)
		require.ErrorIs(t, err, booking.ErrCode)
	})
}

func TestANewCodeReplacesTheEarlierOne(t *testing.T) {
	eachBooked(t, func(t *testing.T, b booked) {
		earlier := b.code(b.room, b.minji)
		code := b.code(b.room, b.minji)
		for code.Digits == earlier.Digits { // once in a million
			code = b.code(b.room, b.minji)
		}
		_, _, err := b.Open(t.Context(), b.box.ID, b.key, earlier.Digits)
		require.ErrorIs(t, err, booking.ErrCode)
		_, _, err = b.Open(t.Context(), b.box.ID, b.key, code.Digits)
		require.NoError(t, err)
	})
}

func TestTwoMembersNeverHaveTheSameCode(t *testing.T) {
	eachBooked(t, func(t *testing.T, b booked) {
		taken := b.code(b.room, b.ben).Digits
		offered := []string{taken, taken, "000007"}
		issue := func(digits func() (string, error)) (code booking.Code, err error) {
			err = storage.Tx(t.Context(), b.db, func(tx *gorm.DB) error {
				code, err = booking.IssueGivenCode(tx, secret, b.room, b.minji, noon, digits)
				return err
			})
			return code, err
		}
		code, err := issue(func() (string, error) {
			next := offered[0]
			offered = offered[1:]
			return next, nil
		})
		require.NoError(t, err)
		require.Equal(t, "000007", code.Digits)

		_, err = issue(func() (string, error) { return taken, nil })
		require.Error(t, err)
		_, who, err := b.Open(t.Context(), b.box.ID, b.key, "000007")
		require.NoError(t, err, "what failed changed nothing")
		require.Equal(t, b.minji, who)
		_, who, err = b.Open(t.Context(), b.box.ID, b.key, taken)
		require.NoError(t, err)
		require.Equal(t, b.ben, who)
	})
}

func TestManyCodesAtOnceLeaveOneAMember(t *testing.T) {
	eachBooked(t, func(t *testing.T, b booked) {
		got := outcomes(20, func(i int) error {
			return storage.Tx(t.Context(), b.db, func(tx *gorm.DB) error {
				_, err := booking.IssueCode(tx, secret, b.room, []account.ID{b.minji, b.ben}[i%2], noon)
				return err
			})
		})
		require.Equal(t, map[string]int{"<nil>": 20}, got)
		require.Equal(t, 2, b.count("box_codes", "1 = 1"))
	})
}

func TestCodesHaveSixDigitsWithLeadingZeros(t *testing.T) {
	zeros := 0
	for range 2000 {
		digits, err := booking.NewDigits()
		require.NoError(t, err)
		require.Regexp(t, `^[0-9]{6}$`, digits)
		if strings.HasPrefix(digits, "0") {
			zeros++
		}
	}
	require.InDelta(t, 200, zeros, 100, "each digit is as likely as another")
}

func TestCodesAreStoredUnderAKeyOfTheServer(t *testing.T) {
	eachBooked(t, func(t *testing.T, b booked) {
		code := b.code(b.room, b.minji)
		var row struct {
			BookingID int64
			CodeHash  string
		}
		require.NoError(t, b.db.Table("box_codes").Take(&row).Error)
		require.Equal(t, booking.CodeHash(secret, row.BookingID, code.Digits), row.CodeHash)
		require.NotEqual(t, booking.CodeHash([]byte("another"), row.BookingID, code.Digits), row.CodeHash)
		require.NotEqual(t, booking.CodeHash(secret, row.BookingID+1, code.Digits), row.CodeHash)
		require.NotContains(t, row.CodeHash, code.Digits)
	})
}

func TestNodesWithOneSigningKeyHaveOneSecret(t *testing.T) {
	_, one, err := ed25519.GenerateKey(nil)
	require.NoError(t, err)
	_, two, err := ed25519.GenerateKey(nil)
	require.NoError(t, err)
	first, err := booking.Secret(one)
	require.NoError(t, err)
	require.Len(t, first, 32)
	again, err := booking.Secret(one)
	require.NoError(t, err)
	require.Equal(t, first, again)
	other, err := booking.Secret(two)
	require.NoError(t, err)
	require.NotEqual(t, first, other)
	require.NotContains(t, string(one.Seed()), string(first))
}

func TestARoomWithoutABoxHasNoCodes(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		minji := w.user("minji")
		room := w.room(minji)
		err := storage.Tx(t.Context(), w.db, func(tx *gorm.DB) error {
			_, err := booking.IssueCode(tx, secret, room, minji, noon)
			return err
		})
		require.ErrorIs(t, err, booking.ErrNotBooked)
	})
}

func TestABoxAnswersItsOwnKeyOnly(t *testing.T) {
	eachBooked(t, func(t *testing.T, b booked) {
		room, err := b.Booked(t.Context(), b.box.ID, b.key)
		require.NoError(t, err)
		require.Equal(t, b.room, room)

		keyless := b.world.box()
		other := b.world.box()
		otherKey := b.world.key(other.ID)
		for name, c := range map[string]struct {
			box booking.BoxID
			key string
		}{
			"wrong":            {b.box.ID, "WRONG"},
			"blank":            {b.box.ID, ""},
			"of another box":   {b.box.ID, otherKey},
			"box without one":  {keyless.ID, ""},
			"box that is none": {999, b.key},
		} {
			_, err := b.Booked(t.Context(), c.box, c.key)
			require.ErrorIs(t, err, booking.ErrKey, name)
			_, _, err = b.Open(t.Context(), c.box, c.key, "000000")
			require.ErrorIs(t, err, booking.ErrKey, name)
		}
		_, err = b.Booked(t.Context(), other.ID, otherKey)
		require.ErrorIs(t, err, booking.ErrNotBooked)

		renewed := b.world.key(b.box.ID)
		_, err = b.Booked(t.Context(), b.box.ID, b.key)
		require.ErrorIs(t, err, booking.ErrKey)
		_, err = b.Booked(t.Context(), b.box.ID, renewed)
		require.NoError(t, err)
		require.Zero(t, b.count("boxes", "key_hash IN ?", []string{b.key, renewed}), "keys are not stored")
	})
}

func TestOpeningsOfABoxAreLimited(t *testing.T) {
	testkit.EachStack(t, func(t *testing.T, s testkit.Stack) {
		b := newBooked(newLimitedWorld(t, s.DB, s.Redis))
		for range 10 { // who has no key cannot use up the attempts
			_, _, err := b.Open(t.Context(), b.box.ID, "WRONG", "123456")
			require.ErrorIs(t, err, booking.ErrKey)
		}
		for range 12 { // people who come for their food are not in each other's way
			_, _, err := b.Open(t.Context(), b.box.ID, b.key, b.code(b.room, b.minji).Digits)
			require.NoError(t, err)
		}
		code := b.code(b.room, b.minji)
		for range 5 {
			_, _, err := b.Open(t.Context(), b.box.ID, b.key, "wrong")
			require.ErrorIs(t, err, booking.ErrCode)
		}
		_, _, err := b.Open(t.Context(), b.box.ID, b.key, code.Digits)
		require.ErrorIs(t, err, limit.ErrTooMany)

		other := b.world.box()
		_, _, err = b.Open(t.Context(), other.ID, b.world.key(other.ID), "wrong")
		require.ErrorIs(t, err, booking.ErrNotBooked, "each box counts for itself")
	})
}
