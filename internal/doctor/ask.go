package doctor

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
)

// answer is what a question was answered.
type answer struct {
	status int
	header http.Header
	body   []byte // its beginning
}

// maxAnswer is more than anything that is looked at has.
const maxAnswer = 1 << 20

// get asks the deployment for a path. Headers come in pairs.
func (x *examination) get(ctx context.Context, path string, header ...string) (answer, error) {
	return x.ask(ctx, http.MethodGet, x.base.String()+path, nil, header...)
}

func (x *examination) ask(ctx context.Context, method, url string, in any, header ...string) (answer, error) {
	var content io.Reader
	if in != nil {
		data, err := json.Marshal(in)
		if err != nil {
			return answer{}, err
		}
		content = bytes.NewReader(data)
		header = append(header, "Content-Type", "application/json")
	}
	request, err := http.NewRequestWithContext(ctx, method, url, content)
	if err != nil {
		return answer{}, err
	}
	request.Header.Set("User-Agent", "emosation doctor")
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	response, err := x.client.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	if response.StatusCode == http.StatusSwitchingProtocols {
		return answer{status: response.StatusCode, header: response.Header}, nil // what follows is no body
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	return answer{response.StatusCode, response.Header, body}, err
}

func (a answer) kind() string {
	kind, _, _ := mime.ParseMediaType(a.header.Get("Content-Type"))
	return kind
}

// code is the code of a problem document of ours; empty for any other answer.
func (a answer) code() string {
	var problem struct {
		Status int
		Code   string
	}
	if a.kind() != "application/problem+json" || json.Unmarshal(a.body, &problem) != nil || problem.Status != a.status {
		return ""
	}
	return problem.Code
}

// isPage tells whether this is the web app's page.
func (a answer) isPage() bool {
	return a.kind() == "text/html" && bytes.Contains(a.body, []byte(`id="root"`))
}

// String is the answer in a few words, none of its content.
func (a answer) String() string {
	words := fmt.Sprintf("%d %s", a.status, http.StatusText(a.status))
	switch {
	case a.code() != "":
		words += ", problem " + a.code()
	case a.isPage():
		words += ", the web app's page"
	case a.kind() != "":
		words += ", " + a.kind()
	}
	if server := a.header.Get("Server"); server != "" {
		words += " by " + server
	}
	return words
}
