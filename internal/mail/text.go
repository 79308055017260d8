package mail

import (
	"fmt"
	"strings"

	"github.com/emosation/emosation/internal/account"
)

// words are what a mail says; both texts name the server with its first %s and have the link in their second.
type words struct{ subject, text string }

// wordsFor returns what to say. Nothing in it was written by anybody else, nor names anybody.
func wordsFor(purpose Purpose, locale account.Locale) words {
	if locale == account.Korean {
		return korean()[purpose]
	}
	return english()[purpose]
}

func korean() map[Purpose]words {
	return map[Purpose]words{
		Verify: {
			"Emosation 이메일 주소를 확인해 주세요",
			`이 이메일 주소로 %s에 계정이 만들어졌어요.

3일 안에 아래 링크를 열면 내 이메일 주소라는 걸 확인할 수 있어요.

%s

계정을 만든 적이 없다면 아무것도 하지 않아도 돼요.
`,
		},
		Reset: {
			"Emosation 비밀번호를 새로 정해 주세요",
			`%s 계정의 비밀번호를 새로 정하고 싶다는 요청을 받았어요.

1시간 안에 아래 링크를 열어 새 비밀번호를 정해 주세요.

%s

요청한 적이 없다면 아무것도 하지 않아도 돼요. 비밀번호는 그대로예요.
`,
		},
		Restore: {
			"Emosation 계정이 복구되었어요",
			`관리자가 %s 계정을 복구했어요.

3일 안에 아래 링크를 열어 새 비밀번호를 정하면 다시 쓸 수 있어요.

%s

3일이 지났다면 로그인 화면에서 새 비밀번호를 요청해 주세요.
`,
		},
	}
}

func english() map[Purpose]words {
	return map[Purpose]words{
		Verify: {
			"Confirm your e-mail address for Emosation",
			`An account at %s was made with this e-mail address.

Open this link within three days to confirm that the address is yours:

%s

If you made no account, there is nothing to do.
`,
		},
		Reset: {
			"Set a new password for Emosation",
			`Somebody, probably you, asked for a new password for your account at %s.

Open this link within an hour to set one:

%s

If it was not you, there is nothing to do: your password stays as it is.
`,
		},
		Restore: {
			"Your Emosation account is back",
			`An admin has restored your account at %s.

Open this link within three days to set a new password and use it again:

%s

After that, ask for a new password on the login page.
`,
		},
	}
}

// page is where the web app takes the token.
func (p Purpose) page() string {
	if p == Verify {
		return "/verify"
	}
	return "/reset"
}

// compose returns subject and text of a mail. The token stands behind a #, so that it reaches no log of a server on the way.
func compose(purpose Purpose, locale account.Locale, publicURL, token string) (subject, text string) {
	w := wordsFor(purpose, locale)
	_, server, _ := strings.Cut(publicURL, "://")
	return w.subject, fmt.Sprintf(w.text, server, publicURL+purpose.page()+"#token="+token)
}
