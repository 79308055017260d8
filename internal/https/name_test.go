package https_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/https"
)

func TestNamesOfHosts(t *testing.T) {
	for _, good := range []string{"nas", "chat.example.org", "xn--9t4b11yi5a.kr", "1.example", "a-b.lan", strings.Repeat("a", 63) + ".lan"} {
		require.NoError(t, https.CheckHostName(good), good)
	}
	for _, bad := range []string{"", ".", "chat.", ".lan", "a..b", "-a.lan", "a-.lan", "*.lan", "Chat.lan", "chat_1.lan", "한글.kr", "chat.lan:8443",
		"https://chat.lan", "a b", strings.Repeat("a", 64) + ".lan", strings.Repeat("a.", 127) + "example"} {
		require.Error(t, https.CheckHostName(bad), bad)
	}
}
