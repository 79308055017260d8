package main

import (
	"slices"
	"strings"

	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/emotion/linear"
)

// phrases are things that people plainly say in chats, written for this project. The labelled corpora are comments and reviews:
// they have few of the short messages that a messenger is full of, and hardly any that just arrange things.
const phrases = `
admiration: 진짜 대단하다 | 너 정말 멋지다 | 와 최고다 | 완전 잘했어 | 실력 미쳤다 진짜 잘한다 | 존경스러워요 | great job | you did so well | that was amazing | so proud of how you did it, well done
amusement: 아 웃겨 죽겠네 | 개웃겨 ㅋㅋㅋ | 빵 터졌어 ㅋㅋ | 재밌다 ㅋㅋㅋㅋ | 진짜 웃기다 | 너무 웃겨서 배 아파 | haha that's so funny | lol you crack me up | lmao | hahaha
anger: 진짜 화난다 | 열받네 | 열받아 죽겠어 | 빡친다 | 빡치네 진짜 | 너 때문에 화났어 | 미치겠네 진짜 | 용서 못 해 | 어떻게 나한테 이럴 수 있어 | 꺼져 | 닥쳐 | 화가 머리끝까지 났어 | i'm so angry right now | i'm furious | how dare you | get lost | shut up already | you make me so mad
annoyance: 짜증나 | 아 짜증 | 귀찮게 하지 마 | 그만 좀 해 | 왜 자꾸 그래 | 또 늦었어? 진짜 너무하네 | 적당히 좀 해 | 답답하다 진짜 | 어이없네 | 기가 막힌다 | this is so annoying | stop bothering me | ugh, not again | you're late again, seriously | so irritating | what is wrong with you
approval: 나쁘지 않네 | 괜찮은데 | not bad | that works for me | 좋은 생각이다 | 그래 그렇게 하자 좋다 | 난 찬성이야 | 맞아 네 말이 맞아 | sounds good to me | good idea | i agree with you | yes, you are right
caring: 몸조심해 | 괜찮아? 많이 아파? | 푹 쉬어 | 밥 잘 챙겨 먹고 다녀 | 힘내 | 너무 무리하지 마 | 내가 옆에 있을게 | take care of yourself | get well soon | i'm here for you | hope you feel better | get some rest
confusion: 무슨 말인지 모르겠어 | 이게 무슨 뜻이야? | 헷갈린다 | 잘 이해가 안 돼 | i don't understand what you mean | i'm confused | wait, what does that mean?
curiosity: 그거 어떻게 한 거야? 궁금하다 | 그 사람 누구야? | 왜 그런 거야? | 어떤 영화인데? 궁금해 | i wonder how they did it | who is that? i'm curious | how did you make this?
desire: 나도 갖고 싶다 | 여행 가고 싶어 | 나도 먹고 싶다 | i want one too | i wish i could go | i'd love to have that
disappointment: 안 기뻐 | 기쁘지 않아 | 하나도 즐겁지 않았어 | i'm not happy | i'm not glad at all | it was no fun | 실망이야 | 좀 아쉽다 | 기대했는데 별로였어 | 너한테 실망했어 | 시험 망했어 | 떨어졌어 | i'm disappointed in you | what a letdown | i expected more | i failed the exam | too bad it didn't work out
disapproval: 별로야 | 난 별로 | 안 좋아 | 좋지 않아 | 마음에 안 들어 | 하나도 안 웃겨 | 하나도 재미없어 | i don't like it | i'm not happy about this | that's not funny | it's not good | 그건 아닌 것 같아 | 난 반대야 | 그러면 안 되지 | 그건 잘못된 거야 | i don't think that's right | that's a bad idea | you shouldn't do that | no way, that's wrong
disgust: 징그러워 | 으 징그럽다 | 징그러워 죽겠어 | 역겨워 | 역겹다 | 더러워 | 아 더럽다 | 더러워서 못 보겠다 | 토 나올 것 같아 | 토 나와 | 토할 것 같아 | 구역질 나 | 극혐 | 극혐이야 | 진짜 극혐이다 | 혐오스러워 | 냄새 나서 못 있겠어 | 꼴도 보기 싫어 | 소름 끼치게 싫어 | 벌레 나왔어 징그러 | 밥맛 떨어진다 | 비위 상해 | that's gross | ew | eww that's nasty | this is disgusting | it makes me sick | i want to throw up | yuck | so gross i can't look | he is a creep | that smell is revolting
embarrassment: 쪽팔려 | 아 창피해 | 민망하다 | 부끄러워 죽겠네 | i'm so embarrassed | how embarrassing | that was awkward
excitement: 신난다 | 너무 기대돼 | 와 드디어 내일이다 | 설렌다 | 두근두근 | 빨리 가고 싶다 신나 | i'm so excited | can't wait for tomorrow | so pumped | yay, finally
fear: 무서워 | 너무 무섭다 | 겁나 | 무서워 죽겠어 | 소름 돋았어 | 혼자 있기 무서워 | 심장이 떨려 무서워서 | i'm scared | this is so scary | i'm terrified | that freaks me out | i'm afraid of what will happen
gratitude: 고마워 | 고마워요 | 정말 고마워 | 감사합니다 | 감사해요 | 도와줘서 고마워 | 덕분에 살았어 | ㄱㅅ | 땡큐 | thanks | thank you | thx | thanks a lot for your help | i appreciate it | many thanks
grief: 할머니가 돌아가셨어 | 강아지가 무지개다리를 건넜어 | 장례식장에 있어 | 떠나보내기가 너무 힘들어 | my grandmother passed away | we lost our dog today | i still can't believe she is gone, i miss her
joy: 기분 좋다 | 행복해 | 너무 행복하다 | 기뻐 | 아 좋다 | 오늘 진짜 즐거웠어 | 합격했어 | 축하해 | 생일 축하해 | 다행이다 너무 좋아 | 맛있다 | i'm so happy | what a lovely day | i passed the exam | happy birthday | congratulations | so glad to see you | today was fun
love: 사랑해 | 보고 싶었어 사랑해 | 너무 귀여워 | 네가 제일 좋아 | 귀엽다 | i love you | love you so much | you are so cute | i adore you
nervousness: 떨린다 | 긴장돼 | 불안해 | 걱정돼 | 걱정이다 | 내일 면접인데 너무 떨려 | 초조하다 | 잘못되면 어떡하지 | i'm nervous | i'm worried about tomorrow | so anxious about the results | what if something goes wrong
optimism: 잘 될 거야 | 다 잘될 거야 걱정 마 | 내일은 더 나아질 거야 | 화이팅 | it will be fine | things will get better | i hope it works out | fingers crossed
pride: 내가 해냈다 | 나 진짜 뿌듯해 | 우리 딸 자랑스럽다 | i did it | i'm so proud of you | proud of myself today
realization: 아 그래서 그랬구나 | 이제 알겠다 | 아 그렇구나 | oh, that makes sense now | now i get it | i just realized that
relief: 이제 안 무서워 | 걱정 안 해도 되겠다 | i'm not scared any more | no need to worry now | 휴 다행이다 | 다행이야 걱정했는데 | 한시름 놓았어 | what a relief | phew, it's over | thank god it's over
remorse: 미안해 | 정말 미안 | 죄송합니다 | 죄송해요 늦었습니다 | 내가 잘못했어 | 미안 내가 심했어 | i'm sorry | i'm so sorry, my fault | i apologize | i feel bad about it | sorry i'm late
sadness: 슬퍼 | 너무 슬프다 | 우울해 | 오늘 너무 우울하다 | 외로워 | 눈물 난다 | 울고 싶어 | 울었어 | 속상해 | 힘들어 | 너무 힘들다 | 지친다 | 마음이 아프다 | 보고 싶어 ㅠㅠ | 서운해 | 헤어졌어 | i'm sad | i feel so lonely | i'm crying | it hurts | i feel down today | my heart is broken | we broke up | i'm exhausted and sad
surprise: 헐 | 헐 대박 | 깜짝이야 | 깜짝 놀랐어 | 진짜? 놀랍다 | 세상에 | 말도 안 돼 | 믿을 수가 없어 | 뭐라고? 진짜야? | 이럴 수가 | 상상도 못 했어 | wow | omg | oh my god | no way! really? | i can't believe it | that surprised me | what a surprise | i did not see that coming
neutral: 응 | ㅇㅇ | ㅇㅋ | 네 | 네 알겠습니다 | 알겠어 | 알았어 | 그래 | 7시에 봐 | 이따 봐 | 내일 봐 | 지금 가는 중 | 나 지금 집이야 | 회의 10시야 | 주소 보내 줘 | 사진 보냈어 | 점심 뭐 먹을까 | 밥 먹었어? | 뭐 해? | 어디야? | 몇 시에 만나? | 파일 확인해 주세요 | 잠시만 | 전화할게 | 버스 탔어 | 도착했어 | 우유 사 와 | 3번 출구에서 봐 | 오늘은 수요일이야 | 문 앞에 두고 갈게 | 내일 회의는 2층에서 합니다 | 책은 책상 위에 있어 | 그는 회사에 다닌다 | 비밀번호 바꿨어 | ok | okay | k | yes | got it | see you at 7 | see you tomorrow | on my way | i'm home | the meeting is at ten | send me the address | what time? | where are you? | what are you doing? | i'll call you later | i sent the file | please check the file | one moment | the bus is here | i'm at the station | buy some milk | it is on the table | he works at a bank | it's wednesday | i changed the password | let's meet at the library
`

// chats makes rows of the phrases.
func chats() []row {
	names, parents := emotion.FineLabels(), linear.FineParents()
	var rows []row
	for _, line := range strings.Split(strings.TrimSpace(phrases), "\n") {
		name, list, _ := strings.Cut(line, ": ")
		fine := slices.Index(names[:], name)
		for _, text := range strings.Split(list, " | ") {
			rows = append(rows, row{text: text, source: chat, fine: 1 << fine, labels: 1 << parents[fine], dominant: parents[fine], weight: 1})
		}
	}
	return rows
}
