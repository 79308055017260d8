package emotion_test

import (
	"strings"
	"testing"

	"github.com/emosation/emosation/internal/emotion"
)

// texts are kinds of messages whose readings are timed; the stamped one is as the load tool sends it, of 100 bytes.
func texts() [][2]string {
	mixed := "오늘 정말 고마웠어 ㅠㅠ see you tomorrow, I am so glad about it! 그런데 그건 좀 아니지 않아? "
	korean := "솔직히 기대 안 했는데 어제 짐 옮기는 거 도와줘서 정말 고마워요 ㅠㅠ 다음에 밥 살게요!"
	english := "Honestly I did not expect that, thank you so much for helping me move the boxes yesterday!"
	return [][2]string{
		{"mixed", mixed},
		{"stamped", "0f8fad5b-0007-4003-8000-0000000012a4 " + mixed[:len("오늘 정말 고마웠어 ㅠㅠ see you tomorrow, I am s")]},
		{"korean", korean},
		{"english", english},
		{"short", "ㅋㅋㅋㅋ 그니까"},
		{"emoji", "😂😂 진짜? 👩‍👩‍👧 🥰🥰🥰 ❤️ wow 😮!!"},
		{"neutral", "The meeting is on the second floor."},
		{"long", string([]rune(strings.Repeat(korean+" "+english+" ", 30))[:4000])},
		{"letters", strings.Repeat("가나다라마바사아", 500)},
	}
}

func BenchmarkRead(b *testing.B) {
	e := engine(b)
	for _, kind := range texts() {
		b.Run(kind[0], func(b *testing.B) {
			b.ReportAllocs()
			var r emotion.Reading
			for b.Loop() {
				e.ReadInto(&r, kind[1], nil)
			}
		})
	}
}
