package loadtest

import (
	"context"
	"crypto/rand"
	"net/http"
	"strings"
	"sync"
	"time"
)

const (
	password = "correct horse battery"
	// renewAfter is well before access tokens end, so that one lasts for what is done with it.
	renewAfter = 5 * time.Minute
)

// user is an account with a session.
type user struct {
	mu      sync.Mutex
	access  string
	refresh string
	renewed time.Time
}

type tokens struct {
	AccessToken  string `json:"accessToken"`
	RefreshToken string `json:"refreshToken"`
}

func newEmail() string { return strings.ToLower(rand.Text()) + "@load.example.org" }

// registration is of somebody who lets their messages be read, so that the server has all its work.
func registration(email string) map[string]any {
	return map[string]any{"email": email, "password": password, "nickname": "Load " + email[:6], "locale": "en", "emotionConsent": true}
}

func credentials(email string) map[string]any {
	return map[string]any{"email": email, "password": password, "tokenDelivery": "body"}
}

// newUser registers and logs in.
func (c *client) newUser(ctx context.Context, base string, now func() time.Time) (*user, error) {
	email := newEmail()
	if err := c.insist(ctx, http.MethodPost, base+apiPath+"/auth/register", "", registration(email), nil); err != nil {
		return nil, err
	}
	var t tokens
	err := c.insist(ctx, http.MethodPost, base+apiPath+"/auth/login", "", credentials(email), &t)
	return &user{access: t.AccessToken, refresh: t.RefreshToken, renewed: now()}, err
}

// token returns a token that will hold for a while.
func (c *client) token(ctx context.Context, base string, u *user, now time.Time) (string, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if now.Sub(u.renewed) < renewAfter {
		return u.access, nil
	}
	var t tokens
	err := c.insist(ctx, http.MethodPost, base+apiPath+"/auth/refresh", "", map[string]any{"refreshToken": u.refresh}, &t)
	if err != nil {
		return "", err
	}
	u.access, u.refresh, u.renewed = t.AccessToken, t.RefreshToken, now
	return u.access, nil
}
