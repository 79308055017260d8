package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"

	"github.com/google/uuid"
)

// somebody is a person who uses the program over HTTP.
type somebody struct {
	url, token string
	id         int64
}

// live leaves traces of people in most tables: accounts, friends, a direct room, a group with an invite, messages with readings,
// edits, deletions, reactions and a correction.
func live(ctx context.Context, url string) error {
	var all []*somebody
	for _, name := range []string{"Haru", "Mina", "Bo"} {
		p := &somebody{url: url}
		if err := p.arrive(ctx, name); err != nil {
			return err
		}
		all = append(all, p)
	}
	a, b, c := all[0], all[1], all[2]
	var direct, group, message struct{ ID, Seq int64 }
	var invite struct{ Token string }
	for _, step := range []struct {
		who          *somebody
		method, path string
		in, out      any
	}{
		{a, http.MethodPost, "/friends", map[string]any{"userId": b.id}, nil},
		{b, http.MethodPut, fmt.Sprint("/friends/", a.id), nil, nil},
		{a, http.MethodPost, "/friends", map[string]any{"userId": c.id}, nil},
		{a, http.MethodPut, fmt.Sprint("/blocks/", c.id), nil, nil},
		{a, http.MethodPost, "/rooms/direct", map[string]any{"userId": b.id}, &direct},
		{b, http.MethodPost, "/rooms", map[string]any{"kind": "group", "title": "Garden", "capacity": 5}, &group},
	} {
		if err := step.who.do(ctx, step.method, step.path, step.in, step.out); err != nil {
			return err
		}
	}
	in := fmt.Sprint("/rooms/", group.ID)
	if err := b.do(ctx, http.MethodPost, in+"/invites", nil, &invite); err != nil {
		return err
	}
	if err := c.do(ctx, http.MethodPost, in+"/members", map[string]any{"invite": invite.Token}, nil); err != nil {
		return err
	}
	for i := range 40 {
		who, room := b, fmt.Sprint("/rooms/", []int64{direct.ID, group.ID}[i%2])
		note := map[string]any{"clientId": uuid.NewString(), "body": []string{"오늘 정말 고마웠어 ㅠㅠ", "See you at six.", "아 진짜 짜증나", "I am so happy for you!"}[i%4]}
		if err := who.do(ctx, http.MethodPost, room+"/messages", note, &message); err != nil {
			return err
		}
		at := fmt.Sprint(room, "/messages/", message.Seq)
		var err error
		switch i {
		case 5:
			err = c.do(ctx, http.MethodPut, at+"/reactions/👍", nil, nil)
		case 7:
			err = who.do(ctx, http.MethodPatch, at, map[string]any{"body": "Never mind."}, nil)
		case 9:
			err = who.do(ctx, http.MethodDelete, at, nil, nil)
		case 11:
			err = who.do(ctx, http.MethodPut, at+"/reading", map[string]any{"label": "joy"}, nil)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// arrive makes an account and signs in.
func (p *somebody) arrive(ctx context.Context, name string) error {
	email, password := uuid.NewString()+"@example.org", uuid.NewString()
	err := p.do(ctx, http.MethodPost, "/auth/register", map[string]any{
		"email": email, "password": password, "nickname": name, "locale": "ko", "emotionConsent": true,
	}, nil)
	if err != nil {
		return err
	}
	var tokens struct {
		AccessToken string
		User        struct{ ID int64 }
	}
	err = p.do(ctx, http.MethodPost, "/auth/login", map[string]any{"email": email, "password": password, "tokenDelivery": "body"}, &tokens)
	p.token, p.id = tokens.AccessToken, tokens.User.ID
	return err
}

// do sends a request that has to work.
func (p *somebody) do(ctx context.Context, method, path string, in, out any) error {
	var content io.Reader
	if in != nil {
		data, err := json.Marshal(in)
		if err != nil {
			return err
		}
		content = bytes.NewReader(data)
	}
	request, err := http.NewRequestWithContext(ctx, method, p.url+"/api/v1"+path, content)
	if err != nil {
		return err
	}
	if in != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if p.token != "" {
		request.Header.Set("Authorization", "Bearer "+p.token)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	if answer.StatusCode >= http.StatusMultipleChoices {
		return fmt.Errorf("%s %s is answered %d: %s", method, path, answer.StatusCode, body)
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(body, out)
}
