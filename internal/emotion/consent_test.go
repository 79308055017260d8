package emotion_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/emotion"
)

func TestNobodyAllowsMoreThanTheStrictest(t *testing.T) {
	reach := map[string]emotion.Reach{"off": emotion.Nowhere, "local": emotion.Here, "embedded": emotion.Here}
	for _, operator := range []emotion.Mode{"off", "embedded", "openai", "", "on"} {
		for _, room := range []string{"off", "local", "on", "", "openai"} {
			for _, author := range []string{"off", "self", "everyone", "", "on"} {
				want := emotion.Remote
				for _, choice := range []string{string(operator), room, author} {
					if least, strict := reach[choice]; strict {
						want = min(want, least)
					}
				}
				known := operator.Valid() && (room == "off" || room == "local" || room == "on") && (author == "self" || author == "everyone" || author == "off")
				if !known {
					want = emotion.Nowhere
				}
				require.Equal(t, want, emotion.Allowed(operator, room, author), "%q %q %q", operator, room, author)
				shared := emotion.Shared(operator, room, author)
				if want == emotion.Nowhere {
					require.Equal(t, "off", shared)
				} else {
					require.Equal(t, author, shared)
				}
				for _, own := range []bool{false, true} {
					require.False(t, emotion.Visible(shared, own, false), "who wants to see none")
					require.Equal(t, want != emotion.Nowhere && (own || author == "everyone"), emotion.Visible(shared, own, true), "%q %q %q own %t", operator, room, author, own)
				}
			}
		}
	}
}
