package rest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/internal/emotion"
)

func TestTheHealthOfAServerThatReadsByItself(t *testing.T) {
	s := Server{Deps: Deps{Emotion: Emotion{Mode: emotion.ModeEmbedded, Model: "7"}}}
	health, err := s.GetEmotionHealth(t.Context(), openapi.GetEmotionHealthRequestObject{})
	require.NoError(t, err)
	require.Equal(t, openapi.GetEmotionHealth200JSONResponse{Mode: "embedded", Model: "7"}, health)
}
