package deploy_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// visitor is somebody at one node with a room of theirs.
type visitor struct {
	url, token string
	messages   string // the path of those of the room
}

// call asks, expects an answer of that status, and reads it.
func (v visitor) call(t *testing.T, status int, method, path string, in, out any) {
	t.Helper()
	content, err := json.Marshal(in)
	require.NoError(t, err)
	request, err := http.NewRequestWithContext(t.Context(), method, v.url+"/api/v1"+path, bytes.NewReader(content))
	require.NoError(t, err)
	request.Header.Set("Content-Type", "application/json")
	if v.token != "" {
		request.Header.Set("Authorization", "Bearer "+v.token)
	}
	answer, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	require.Equal(t, status, answer.StatusCode, "%s %s: %s", method, path, body)
	if out != nil {
		require.NoError(t, json.Unmarshal(body, out))
	}
}

// looks asks for what is there, and for what has come since.
func (v visitor) looks(t *testing.T) {
	t.Helper()
	v.call(t, http.StatusOK, http.MethodGet, v.messages, nil, nil)
	v.call(t, http.StatusOK, http.MethodGet, v.messages+"?since_rev=1", nil, nil)
}

// visit is what a crowd that only talks does not do: to mistake a password, to be away, to be refused, and to be read.
func visit(t *testing.T, nodes watched) visitor {
	t.Helper()
	here, there := visitor{url: nodes.first.URL}, visitor{url: nodes.second.URL}
	login := map[string]any{"email": uuid.NewString() + "@example.org", "password": "correct horse battery", "tokenDelivery": "body"}
	here.call(t, http.StatusCreated, http.MethodPost, "/auth/register", map[string]any{
		"email": login["email"], "password": login["password"], "nickname": "Ann", "locale": "en", "emotionConsent": true,
	}, nil)
	there.call(t, http.StatusUnauthorized, http.MethodPost, "/auth/login", map[string]any{
		"email": login["email"], "password": "wrong horse battery", "tokenDelivery": "body",
	}, nil)
	var tokens struct{ AccessToken string }
	here.call(t, http.StatusOK, http.MethodPost, "/auth/login", login, &tokens)
	here.token, there.token = tokens.AccessToken, tokens.AccessToken

	var room struct{ ID int64 }
	here.call(t, http.StatusCreated, http.MethodPost, "/rooms", map[string]any{"kind": "group", "title": "Room " + uuid.NewString(), "capacity": 4}, &room)
	there.messages = fmt.Sprintf("/rooms/%d/messages", room.ID)
	for _, text := range []string{"thank you, this is great", "this is so sad", "three o'clock"} {
		here.call(t, http.StatusCreated, http.MethodPost, there.messages, map[string]any{"clientId": uuid.NewString(), "body": text}, nil)
	}
	here.call(t, http.StatusNotFound, http.MethodPost, "/rooms/999999/messages", map[string]any{"clientId": uuid.NewString(), "body": "is anybody here?"}, nil)
	return there
}
