package auth

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jws"
	"github.com/lestrrat-go/jwx/v2/jwt"
)

const (
	// inviteAudience keeps invites and access tokens apart, which the same key signs.
	inviteAudience = "emosation:invite"
	epochClaim     = "epoch"
	makerClaim     = "by"
	maxInvite      = 600 // bytes; ours have about 360
)

// SignInvite returns the token of an invite into a room that works until then, to the second, and says who made it. The epoch is the
// room's number for all invites that are revoked together.
func (k Key) SignInvite(room, epoch, maker int64, until time.Time) (string, error) {
	token, err := jwt.NewBuilder().
		Audience([]string{inviteAudience}).
		Subject(strconv.FormatInt(room, 10)).
		Claim(epochClaim, strconv.FormatInt(epoch, 10)).
		Claim(makerClaim, strconv.FormatInt(maker, 10)).
		Expiration(until).
		Build()
	if err != nil {
		return "", fmt.Errorf("invite: %w", err)
	}
	signed, err := jwt.Sign(token, jwt.WithKey(jwa.EdDSA, k.private))
	if err != nil {
		return "", fmt.Errorf("invite: %w", err)
	}
	return string(signed), nil
}

// ReadInvite returns what SignInvite was given, or false when the token is none of ours or its time is over.
func (k Key) ReadInvite(token string, now time.Time) (room, epoch, maker int64, ok bool) {
	if len(token) > maxInvite || strings.Count(token, ".") != 2 { // the library also reads the JSON form
		return 0, 0, 0, false
	}
	invite, err := jwt.ParseString(token,
		jwt.WithKeySet(k.set, jws.WithRequireKid(true), jws.WithInferAlgorithmFromKey(false)),
		jwt.WithAudience(inviteAudience),
		jwt.WithRequiredClaim(jwt.ExpirationKey),
		jwt.WithClock(jwt.ClockFunc(func() time.Time { return now })),
	)
	if err != nil {
		return 0, 0, 0, false
	}
	claim, _ := invite.Get(epochClaim)
	by, _ := invite.Get(makerClaim)
	room, roomErr := strconv.ParseInt(invite.Subject(), 10, 64)
	epoch, epochErr := strconv.ParseInt(fmt.Sprint(claim), 10, 64)
	maker, makerErr := strconv.ParseInt(fmt.Sprint(by), 10, 64)
	if roomErr != nil || epochErr != nil || makerErr != nil || room <= 0 || epoch < 0 || maker <= 0 {
		return 0, 0, 0, false
	}
	return room, epoch, maker, true
}
