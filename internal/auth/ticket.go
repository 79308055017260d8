package auth

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/redis/rueidis"
)

// ticketTTL is how long a ticket may wait for its socket.
const ticketTTL = 30 * time.Second

// CreateTicket returns a secret that opens one socket within ttl. Browsers need it, since they cannot send a header
// when they open a socket, and a URL is no place for a token.
func (s *Service) CreateTicket(ctx context.Context, p Principal) (ticket string, ttl time.Duration, err error) {
	ctx, cancel := context.WithTimeout(ctx, redisTimeout)
	defer cancel()
	ticket = newSecret()
	set := s.redis.B().Set().Key(ticketKey(ticket)).Value(fmt.Sprintf("%d %d", p.User, p.Session)).
		PxMilliseconds(ticketTTL.Milliseconds()).Build()
	if err := s.redis.Do(ctx, set).Error(); err != nil {
		return "", 0, fmt.Errorf("%w: keep ticket: %w", ErrUnavailable, err)
	}
	return ticket, ticketTTL, nil
}

// RedeemTicket returns whom a ticket speaks for, once. A ticket that is unknown, used or too old is ErrUnauthenticated,
// one whose session has ended meanwhile ErrSessionEnded.
func (s *Service) RedeemTicket(ctx context.Context, ticket string) (Principal, error) {
	wait, cancel := context.WithTimeout(ctx, redisTimeout)
	defer cancel()
	value, err := s.redis.Do(wait, s.redis.B().Getdel().Key(ticketKey(ticket)).Build()).ToString()
	switch {
	case rueidis.IsRedisNil(err):
		return Principal{}, ErrUnauthenticated
	case err != nil:
		return Principal{}, fmt.Errorf("%w: redeem ticket: %w", ErrUnavailable, err)
	}
	user, session, _ := strings.Cut(value, " ")
	p, err := parsePrincipal(user, session)
	if err != nil {
		return Principal{}, err
	}
	return p, s.Alive(ctx, p)
}

func ticketKey(ticket string) string { return "emosation:auth:ticket:" + digest(ticket) }
