package emotion_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/emotion/linear"
)

func TestSentenceSupposes(t *testing.T) {
	for _, c := range []struct {
		name    string
		reading emotion.Reading
		en, ko  string
	}{
		{"sure and strong", emotion.Reading{Label: emotion.Joy, Confidence: 0.95, Intensity: 0.8},
			"This most likely sounds very glad.", "기쁜 마음이 많이 담긴 듯해요."},
		{"likely", emotion.Reading{Label: emotion.Anger, Confidence: 0.7, Intensity: 0.5},
			"This seems annoyed or angry.", "아마 화난 마음이 담긴 듯해요."},
		{"faint and weak", emotion.Reading{Label: emotion.Sadness, Confidence: 0.5, Intensity: 0.2},
			"This may be a little sad.", "어쩌면 슬픈 마음이 조금 담긴 듯해요."},
		{"finer", emotion.Reading{Label: emotion.Joy, Confidence: 0.7, Intensity: 0.5, Fine: []string{"sadness", "gratitude"}},
			"This seems thankful.", "아마 고마운 마음이 담긴 듯해요."},
		{"neutral", emotion.Reading{Label: emotion.Neutral, Confidence: 0.7, Intensity: 0.1},
			"This seems matter-of-fact.", "담담하게 한 말인 듯해요."},
		{"unclear", emotion.Reading{Label: emotion.Fear, Confidence: 0.3, Intensity: 0.4, Unclear: true},
			"It is hard to tell; it might be worried.", "잘 모르겠지만, 불안한 마음이 담겼을 수도 있어요."},
		{"nothing to go by", emotion.Reading{Label: emotion.Neutral, Unclear: true},
			"It is hard to tell from these words alone.", "어떤 마음인지 잘 모르겠어요."},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.en, emotion.Sentence(c.reading, "en"))
			require.Equal(t, c.ko, emotion.Sentence(c.reading, "ko"))
		})
	}
}

func TestSentenceChoosesItsLanguage(t *testing.T) {
	r := emotion.Reading{Label: emotion.Joy, Confidence: 0.7, Intensity: 0.5}
	require.Equal(t, emotion.Sentence(r, "ko"), emotion.Sentence(r, "ko-KR"))
	for _, locale := range []string{"", "en-GB", "kok", "fr"} {
		require.Equal(t, emotion.Sentence(r, "en"), emotion.Sentence(r, locale))
	}
}

func TestEverySentenceIsHedged(t *testing.T) {
	var readings []emotion.Reading
	for _, label := range emotion.Labels() {
		for _, confidence := range []float64{0.3, 0.65, 0.9} {
			for _, intensity := range []float64{0.1, 0.5, 0.9} {
				for _, fine := range emotion.FineLabels() {
					readings = append(readings, emotion.Reading{Label: label, Confidence: confidence, Intensity: intensity,
						Unclear: confidence < 0.4, Fine: []string{fine}})
				}
			}
		}
	}
	for _, r := range readings {
		english, korean := emotion.Sentence(r, "en"), emotion.Sentence(r, "ko")
		require.Regexp(t, `seems|sounds|may be|might be|hard to tell`, english)
		require.Regexp(t, `듯해요\.$|수도 있어요\.$|모르겠어요\.$`, korean)
		for _, clinical := range []string{"depress", "disorder", "symptom", "우울증", "장애"} {
			require.NotContains(t, english+korean, clinical)
		}
		quoted, err := json.Marshal(english + korean)
		require.NoError(t, err)
		require.Equal(t, `"`+english+korean+`"`, string(quoted), "it stands in JSON as it is")
	}
}

func TestFineLabelsColourTheirOwnLabelOnly(t *testing.T) {
	parents := linear.FineParents()
	for i, label := range emotion.Labels() {
		plain := emotion.Reading{Label: label, Confidence: 0.9, Intensity: 0.5}
		for f, name := range emotion.FineLabels() {
			fine := plain
			fine.Fine = []string{name}
			if parents[f] != i {
				require.Equal(t, emotion.Sentence(plain, "en"), emotion.Sentence(fine, "en"), "%s in %s", name, label)
			} else if name != "joy" && name != "sadness" && name != "neutral" { // which are said like their labels
				require.NotEqual(t, emotion.Sentence(plain, "en"), emotion.Sentence(fine, "en"), "%s in %s", name, label)
			}
		}
	}
}
