package leaks_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/testkit"
	"github.com/emosation/emosation/internal/testkit/leaks"
)

const plain = `{"level":"info","time":"2026-11-22T16:35:08.324660494Z","message":"request","request":"QHZ4K2LBQ5W7N3ZJ6T2XA5VYMC","method":"GET",` +
	`"route":"/api/v1/rooms/:roomId/messages","roomId":12345,"user":7,"status":200,"bytes":17,"seconds":0.00123,"ip":"127.0.0.1"}`

func TestWhatMustNotBeLoggedIsFound(t *testing.T) {
	used := leaks.Used{}
	used.Add("nickname", "민지", "Needlework", "ab", "12345", "")
	used.Add("message", " see you at the corner ", "first of all\nthen the \"second\" line of it", "오늘 저녁에 만나요, 그리고 다른 이야기도 해요")
	used.Add("e-mail", "Min.Ji@example.org")
	require.Len(t, used, 6, "what is short or only digits stands everywhere")
	for name, c := range map[string]struct{ line, want string }{
		"nothing":               {plain, ""},
		"words of ours":         {`{"level":"warn","message":"presence is known for this node only","error":"dial tcp 127.0.0.1:6379: connect: connection refused"}`, ""},
		"a stack":               {`{"level":"error","message":"panic","stack":"goroutine 7 [running]:\ngithub.com/emosation/emosation/api/rest.(*server).GetRoomsByIdOrNothingAtAll(0xc000123456)"}`, ""},
		"a nickname":            {`{"level":"info","message":"hello","name":"Needlework"}`, "nickname"},
		"in Korean":             {`{"level":"info","message":"안녕 민지"}`, "nickname"},
		"escaped":               {`{"level":"info","message":"x","name":"\ubbfc\uc9c0"}`, "nickname"},
		"as a field's name":     {`{"level":"info","message":"x","Needlework":1}`, "nickname"},
		"where an id stands":    {strings.Replace(plain, `"user":7`, `"user":"Needlework"`, 1), "nickname"},
		"no JSON":               {"panic: see you at the corner", "message"},
		"escaped twice":         {`{"level":"info","message":"x","body":"{\"name\":\"\\ubbfc\\uc9c0\"}"}`, "nickname"},
		"as Go quotes bytes":    {`{"level":"info","message":"x","error":"\\xeb\\xaf\\xbc\\xec\\xa7\\x80"}`, "nickname"},
		"as Go quotes it":       {`{"level":"info","message":"x","error":"then the \\\"second\\\" line of it"}`, "message"},
		"in a path":             {`{"level":"info","message":"x","error":"Get \"/users/%EB%AF%BC%EC%A7%80\": EOF"}`, "nickname"},
		"in a query":            {`{"level":"info","message":"x","error":"/search?q=see+you+at+the+corner"}`, "message"},
		"in base64":             {`{"level":"info","message":"x","error":"TmVlZGxld29yaw=="}`, "nickname"},
		"in base64 with an end": {`{"level":"info","message":"x","error":"66+87KeA"}`, "nickname"},
		"in hexadecimals":       {`{"level":"info","message":"x","error":"4e6565646c65776f726b"}`, "nickname"},
		"a part of its lines":   {"panic: then the \"second\" line of it", "message"},
		"its beginning":         {`{"level":"info","message":"x","body":"오늘 저녁에 만나요, 그리고 다른 이야기…"}`, "message"},
		"in other letters":      {`{"level":"info","message":"x","to":"MIN.JI at home, MIN.JI@EXAMPLE.ORG"}`, "an e-mail address"},
		"an e-mail":             {`{"level":"error","error":"Duplicate entry 'x@example.org' for key"}`, "an e-mail address"},
		"an access token":       {`{"level":"error","error":"eyJhbGciOiJFUzI1NiJ9.eyJzdWIi"}`, "a token"},
		"a refresh token":       {`{"level":"error","error":"no Nx3-vQ_2mL8cR5tZ7wYbKfJh1gDpSaEoUi4k6XyT9BM here"}`, "a secret"},
		"a link's token":        {`{"level":"error","error":"/reset#QHZ4K2LBQ5W7N3ZJ6T2XA5VYMC"}`, "a secret"},
		"a strange id":          {strings.Replace(plain, "QHZ4K2LBQ5W7N3ZJ6T2XA5VYMC", "Needlework", 1), "nickname"},
		"an address":            {strings.Replace(plain, "/rooms/:roomId/messages", "/search?q=Needlework", 1), "nickname"},
	} {
		t.Run(name, func(t *testing.T) {
			found := used.In(plain + "\n" + c.line + "\n")
			if c.want == "" {
				require.Empty(t, found)
				return
			}
			require.NotEmpty(t, found)
			require.Contains(t, found[0], "line 2: "+c.want)
			require.NotContains(t, strings.Join(found, ""), "Needlework", "what tells of it is read by others")
		})
	}
}

func TestADatabaseTellsWhatWasUsed(t *testing.T) {
	db := testkit.SQLite(t)
	used := leaks.Used{}
	require.NoError(t, used.AddAll(db))
	require.Empty(t, used)
	require.NoError(t, db.Exec("INSERT INTO announcements (title, body, state, publish_at, created_at) VALUES ('Maintenance', 'We rest at night.', 'scheduled', '2026-01-01', '2026-01-01')").Error)
	require.NoError(t, used.AddAll(db))
	require.Equal(t, leaks.Used{"Maintenance": "title of an announcement", "We rest at night.": "announcement"}, used)
}
