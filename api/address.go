package main

import (
	"net/http"
	"net/netip"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/emosation/emosation/internal/config"
)

// clientAddress finds out who a client is. Only a proxy on this machine or a known one may say so: anybody can send the header. Of several
// proxies each is believed about the one before it. Where one writes what is no address, nothing in the header is believed.
func clientAddress(proxies config.Networks) echo.IPExtractor {
	return func(r *http.Request) string {
		direct := address(r.RemoteAddr)
		said := strings.Join(r.Header[echo.HeaderXForwardedFor], ",")
		client := direct
		for said != "" && (client.IsLoopback() || proxies.Contain(client)) {
			before, last, several := cutLast(said)
			if client = address(strings.TrimSpace(last)); !client.IsValid() {
				return direct.String()
			}
			if !several {
				break
			}
			said = before
		}
		return client.String()
	}
}

// cutLast is strings.Cut at the last comma, with what comes after it also where there is none.
func cutLast(list string) (before, last string, several bool) {
	i := strings.LastIndexByte(list, ',')
	return list[:max(i, 0)], list[i+1:], i >= 0
}

// address reads an IP address, which some proxies write with the client's port or in brackets; it is not valid if there is none.
func address(text string) netip.Addr {
	if withPort, err := netip.ParseAddrPort(text); err == nil {
		return withPort.Addr().Unmap()
	}
	if strings.HasPrefix(text, "[") && strings.HasSuffix(text, "]") {
		text = text[1 : len(text)-1]
	}
	plain, err := netip.ParseAddr(text)
	if err != nil {
		return netip.Addr{}
	}
	return plain.Unmap()
}
