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
fear: 너무 늦게 들어오니까 걱정된다 | 연락이 없어서 무슨 일 있나 걱정했어 | 아직도 전화를 안 받아 불안하게 | 비행기 놓치면 어떡해 | 길에 사람이 없어서 좀 무섭다 | 밤길이라 겁나 | 누가 따라오는 것 같아 | 천둥 치니까 무서워 | 혼자 자려니까 무서워 | 조심해 거기 위험하대 | 뱀 나올까 봐 무서워 | 주사 맞는 거 무서워 | 높은 데는 못 올라가 다리가 후들거려 | 공포 영화는 못 보겠어 | 사고 난 줄 알고 심장이 철렁했어 | 큰일 났다 어떡해 | 나 이제 어떡하지 | 들키면 어쩌지 | 병원에서 다시 오라는데 무섭다 | 검사 결과가 나쁘게 나올까 봐 겁나 | stay away from there, it's dangerous | be careful, the road is icy | i heard a noise downstairs and i'm scared | someone is following me | i hate flying, my hands are shaking | the dark creeps me out | please call me, i'm scared | what if they find out | i thought i was going to die | the storm is getting close and i'm frightened | i can't watch horror films alone | spiders terrify me | my heart is pounding | this place gives me the creeps | we might lose everything, it scares me
nervousness: 면접 앞두고 손에 땀 난다 | 발표 순서 다가오니까 심장 터질 것 같아 | 첫 출근이라 긴장된다 | 시험 범위 반도 못 봤는데 어떡해 | 마감 못 맞출까 봐 조마조마해 | 결과 언제 나와 초조해 죽겠다 | 엄마 수술 잘 되겠지 걱정돼 | 애가 열이 안 떨어져서 걱정이야 | 월급이 안 들어와서 걱정이다 | 돈이 모자랄까 봐 걱정돼 | 집값 때문에 앞이 깜깜하다 | 실수할까 봐 떨려 | 답장이 안 와서 신경 쓰여 | 나 미움받는 걸까 | 지각할까 봐 마음 졸였어 | 잘할 수 있을지 모르겠어 | 괜히 말했나 싶어서 자꾸 신경 쓰여 | 마음이 안 놓여 | 계속 불안해서 일이 손에 안 잡혀 | i'm worried sick | i hope she got home safe, she isn't answering | what if i fail | what if nobody comes | i'm dreading the dentist | big presentation today and i can't breathe | waiting for the doctor to call, so tense | i'm anxious about the move | my stomach is in knots | not sure i can do this | i'm afraid i messed up | do you think he is mad at me? | is it going to be okay? i'm really worried | the deadline is tomorrow and i'm panicking | i keep checking my phone, i'm so nervous | my kid has a high fever and i'm worried | rent is due and i don't know how to pay
disgust: 머리카락 나왔어 음식에서 으 | 화장실 너무 더러워 못 쓰겠어 | 썩은 냄새 나 | 우유가 상했어 웩 | 곰팡이 핀 거 먹을 뻔했어 우웩 | 바퀴벌레 봤어 소름 | 바닥이 끈적거려서 싫어 | 침 뱉는 거 진짜 더럽다 | 입 냄새가 너무 심해 | 땀 냄새에 토할 뻔 | 손도 안 씻고 만지더라 더럽게 | 쓰레기 냄새 때문에 창문을 못 열겠어 | 저런 인간 역겨워서 상대하기 싫다 | 그런 말을 하다니 정떨어진다 | 약자 괴롭히는 거 진짜 혐오스럽다 | 보기만 해도 속이 안 좋아 | 느끼해서 못 먹겠다 | 비린내 나서 도저히 못 먹겠어 | 질색이야 | 생각만 해도 끔찍하게 싫다 | 개구리 미끈거려서 만지기 싫어 | 얼굴만 봐도 밥맛 떨어져 | 하는 짓이 추하다 | 너무 비위생적이야 | 우웩 | 으악 더러워 | there is hair in my soup, yuck | the milk went off, smells awful | the toilet was filthy | something died in this fridge | cockroach in the kitchen, ew | he picks his nose in public, nasty | the smell made me gag | mouldy bread, i nearly ate it, bleh | sticky floor, so gross | i feel sick just looking at it | what a vile thing to say | he makes my skin crawl | cheating on her like that is disgusting | that is so sleazy | revolting behaviour | they never wash their hands, gross | i can't stand the taste, it's foul | slimy, no thanks | puke | ugh that stinks | barf
anger: 왜 내 말을 안 들어 | 사람 말이 말 같지 않아? | 약속을 몇 번이나 어기는 거야 | 거짓말 좀 그만해 | 나 지금 장난하는 거 아니야 | 너 진짜 이기적이다 | 다시는 연락하지 마 | 그게 사과야? | 네가 뭔데 그런 말을 해 | 해도 해도 너무한다 | 참는 데도 한계가 있어 | 환불해 주세요 정말 화나네요 | 누구 마음대로 정해 | 말 함부로 하지 마 | 사람 무시하지 마 | why would you lie to me | you never listen | i've had enough of this | don't talk to me like that | you broke your promise again | this is outrageous, i want my money back | you're so selfish | stop blaming me for everything | who do you think you are | leave me alone | i can't believe you did that to me, i'm livid | you ruined everything | screw this
annoyance: 배달 왜 이렇게 안 와 | 인터넷 또 끊겼네 짜증나게 | 옆집 너무 시끄러워 | 줄 왜 이렇게 길어 | 차 막혀서 미치겠다 | 몇 번을 말해야 알아들어 | 읽고 왜 답이 없어 | 단톡방 알림 때문에 못 살겠다 | 자꾸 재촉하지 마 | 또 야근이야 지긋지긋하다 | 또 나만 시켜 | 그걸 왜 이제 말해 | 잔소리 그만 | 하 진짜 답 없다 | 말귀를 못 알아듣네 | 정신 사나워 | the wifi is down again, great | why is this line so long | my neighbour won't stop drilling | you left the dishes again | how many times do i have to say it | stop spamming the group | traffic is driving me crazy | could you not | typical, he cancelled last minute | seriously, again? | this app keeps crashing, so frustrating | i'm sick of waiting | he keeps interrupting me | nobody ever helps around here
disapproval: 그렇게 말하는 건 좀 아니지 | 그건 예의가 아니야 | 너무 심한 거 아냐 | 그 가게는 다시는 안 가 | that was uncalled for | i don't agree with that at all | that's not fair | you can't just do that
sadness: 오늘따라 마음이 허하다 | 아무것도 하기 싫어 | 나만 빼고 다 놀러 갔어 | 혼자 밥 먹으니까 쓸쓸하다 | 집에 오니까 눈물이 난다 | 요즘 너무 지쳐 | 다 내 탓인 것 같아 | 아무도 내 생일 기억 못 했어 | 친구가 이사 가서 허전해 | 몸도 마음도 힘들다 | 잠도 안 오고 우울해 | 엄마 보고 싶다 | 우리 고양이가 많이 아파 | 사는 게 힘들다 | 위로가 필요해 | 마음이 찢어진다 | everyone forgot my birthday | i miss home | i've been crying all day | nothing feels fun anymore | i'm so tired of everything | i feel left out | it's been a rough week | i just want to stay in bed | i miss you so much it hurts | feeling empty tonight | my cat is really sick :( | i don't have anyone to talk to | wish you were here, i'm lonely
disappointment: 비 와서 소풍 취소됐어 아쉽다 | 표가 다 팔렸대 ㅠㅠ | 이번에도 안 됐어 | 맛집이라더니 별로더라 | 못 온다니 아쉽네 | 결국 졌어 | 기다렸는데 연기됐대 | 또 떨어졌어 | tickets sold out :( | we lost again | the trip got cancelled | aw, i was looking forward to it | it wasn't as good as i hoped | i didn't get the job | sad you can't make it
remorse: 내가 너무했지 미안 | 어제 그렇게 말해서 미안해 | 늦게 답해서 미안 | 깜빡했어 미안해 | 약속 못 지켜서 미안 | 괜히 화내서 미안해 | sorry for snapping at you | i shouldn't have said that, sorry | sorry i forgot | i feel terrible about what i did | forgive me, i was wrong
surprise: 헐 너 여기 왜 있어? | 어? 벌써 열두 시야? | 뭐야 언제 왔어 | 진짜로? 둘이 사귄다고? | 엥 그게 오늘이었어? | 이걸 네가 만들었다고? | 갑자기 눈이 와 | 대박 사건 | 와 가격 실화냐 | 그 사람이 사장이었어? | 세상 좁다 여기서 만나네 | 미쳤다 이게 된다고? | 어머 무슨 일이야 | wait, you're getting married? | no way, he quit? | what, today? i thought it was next week | you're kidding | since when do you cook? | holy cow, that's a lot | whoa, where did that come from | huh? when did that happen | i can't believe you're here | plot twist | you won what? | they broke up? seriously?
confusion: 응? 뭐라고? | 이거 나만 이해 못 했어? | 갑자기 무슨 소리야 | 뭐가 뭔지 모르겠다 | 왜 두 번 결제됐지? | what are you talking about? | i'm lost, can you explain again? | why does it say that? | that makes no sense to me
realization: 아 맞다 오늘 쉬는 날이지 | 아하 그 뜻이었구나 | 어쩐지 조용하더라 | oh right, it's a holiday | ah so that's why | no wonder it was locked
joy: 드디어 퇴근이다 | 금요일이다 | 오늘 날씨 최고 | 커피 한 모금에 살 것 같다 | 다 같이 모이니까 좋다 | 오랜만에 웃었네 | 와 선물 도착했다 마음에 쏙 들어 | 우리 이겼다 | 잘 지냈어? 반갑다 | 아기가 처음 걸었어 | 취업했어요 | 집 구했다 | 휴가 시작 | 여기 진짜 맛있다 또 오자 | 좋은 소식이네 | finally friday | we won | best day ever | dinner was delicious | it's sunny and i'm at the beach | so good to hear from you | my parcel arrived, i love it | this made my day | great news | the food here is amazing | nice, i'm happy for you | holidays start now
excitement: 콘서트 표 구했다 | 내일 여행 간다 | 빨리 주말 왔으면 | 오늘 첫눈 | 새 폰 왔다 | 두 밤만 자면 만난다 | got the tickets | tomorrow we fly | let's go | counting the days | new season is out tonight
amusement: 아 배꼽 빠지겠다 | 이 짤 봐 ㅋㅋㅋㅋ | 너 표정 진짜 ㅋㅋㅋㅋ | 웃음 참느라 죽는 줄 | 혼자 빵 터짐 ㅋㅋ | ㅋㅋㅋㅋㅋㅋ 미치겠다 | 개그맨 해라 ㅋㅋ | i can't stop laughing | that meme killed me | you're hilarious | lol your face | i laughed so hard i cried | dead 😂 | haha good one
gratitude: 와 줘서 고마워 | 챙겨 줘서 고마워 | 네 덕분에 잘 끝났어 | 알려 줘서 감사해요 | 선물 잘 받았어요 감사합니다 | 기다려 줘서 고마워 ㅠㅠ | 역시 너밖에 없다 | 신경 써 주셔서 감사합니다 | 잘 먹었습니다 | thanks for coming | thank you for the gift | you saved me, thank you | cheers mate | thanks for waiting | appreciate you | couldn't have done it without you
caring: 감기 조심해 | 집에 가면 연락해 | 밥은 먹었니? 걱정하지 마 | 울지 마 내가 있잖아 | 네 잘못 아니야 | 잘하고 있어 괜찮아 | 천천히 해도 돼 | 아프지 마 | 언제든 전화해 | 너라면 할 수 있어 | 오늘 고생 많았어 | 푹 자고 내일 얘기하자 | text me when you get home | it's not your fault | you're doing great | don't cry, it will be okay | i'm always here if you want to talk | rest well tonight | sending you a big hug | you've got this | be kind to yourself
love: 보고 싶다 자기야 | 오늘도 사랑해 | 네가 있어서 좋아 | 우리 애기 너무 예뻐 | 꿈에서 보자 | miss you baby | you mean the world to me | hugs and kisses | my favourite person | good night my love
admiration: 와 그림 진짜 잘 그린다 | 어떻게 그런 생각을 했어 천재다 | 요리 솜씨 장난 아니네 | 오늘 발표 최고였어 | 글 잘 썼다 | 멋있다 | you're so talented | that looks incredible | brilliant work | you rock | what a beautiful photo | you look gorgeous
optimism: 이번엔 될 것 같아 | 다음에는 꼭 이길 거야 | 좋은 일 생길 거야 | 내일은 맑겠지 | i have a good feeling about this | next year will be better | we can do it | it'll work out, you'll see
relief: 휴 무사히 도착했대 다행이다 | 지갑 찾았다 살았다 | 별일 아니래 다행이야 | 드디어 끝났다 속이 시원하다 | 통과했대 이제 발 뻗고 잔다 | thank goodness you're okay | found my wallet, phew | it was nothing serious, so relieved | finally done, what a weight off
desire: 떡볶이 먹고 싶다 | 나도 데려가 | 집에 가고 싶다 진짜 | 로또 됐으면 좋겠다 | i could really use a coffee | i want to go home | take me with you | wish it was summer
embarrassment: 사람들 앞에서 넘어졌어 창피해 | 단톡에 잘못 보냈다 망했다 민망해 | 엄마라고 부를 뻔 아 쪽팔려 | i sent it to the wrong chat, so embarrassing | i called the teacher mum, kill me | i tripped in front of everyone
pride: 오늘 십 킬로 뛰었다 | 내 힘으로 처음 벌었어 뿌듯하다 | 우리 팀 자랑스러워 | 끊은 지 백 일 됐다 해냈어 | ran my first ten k today | look what i made | so proud of our team
approval: 오 좋아 | 그거 괜찮다 | 완전 동의 | 인정 | 나도 그렇게 생각해 | 그 정도면 잘했어 | fair enough, good call | totally agree | works for me, nice | yep, that's a great plan
curiosity: 그래서 어떻게 됐어? | 오 어디서 샀어? 궁금해 | 비결이 뭐야? | 무슨 책인지 궁금하다 | ooh, tell me more | what happened next? | i'm curious, how does it work?
grief: 아버지 떠나신 지 일 년이야 아직도 힘들다 | 고인의 명복을 빕니다 | 아직도 네가 없다는 게 안 믿겨 | it's been a year since dad died | rest in peace, we will miss you | the house is so quiet without him
neutral: 난 짜장면 | 두 개 주문할게 | 계산은 카드로 | 만 이천 원씩 보내면 돼 | 계좌 번호 알려 줘 | 주차장은 지하 이 층이야 | 비 온대 우산 챙겨 | 지금 출발 | 십 분 뒤 도착 | 나 오늘 야근 | 병원 들렀다 갈게 | 세탁기 돌려 놨어 | 공지 올렸습니다 | 회의록 공유드립니다 | 첨부 파일 확인 부탁드립니다 | 월요일까지 제출해 주세요 | 자리 예약했어 여섯 시 | 누구누구 와? | 뭐 시킬까? | 배달로 할까 포장할까? | 몇 명이야? | 그건 서랍에 있어 | 아니 | 잠깐 통화 가능해? | 나중에 | 다 왔어 | 문 열어 줘 | 버스로 갈게 | 이번 정류장에서 내려 | 오늘은 집에 있을게 | 화요일은 안 돼 수요일은 돼 | 충전기 빌려 줘 | 검은색으로 해 줘 | one large pizza, half and half | i'll have the noodles | split it four ways? | send it to my account | parking is on level two | it's raining, take an umbrella | leaving now | there in ten | working late today | i'll stop by the pharmacy | laundry is in the machine | the parcel is at the front desk | minutes are attached | please submit it by monday | table booked for six | who's coming? | pick up or delivery? | how many of us? | it's in the drawer | no | maybe | can you talk now? | later | open the door | i'll take the bus | get off at the next stop | tuesday doesn't work, wednesday does | can i borrow your charger | the black one please | same time as last week | link is in the calendar | did you lock the door? | what's the password | half past eight | my battery is at ten percent
`

// chats makes rows of the phrases.
func chats() []row {
	names, parents := emotion.FineLabels(), linear.FineParents()
	var rows []row
	for _, line := range strings.Split(strings.TrimSpace(phrases), "\n") {
		name, list, _ := strings.Cut(line, ": ")
		fine := slices.Index(names[:], name)
		for _, text := range strings.Split(list, " | ") {
			rows = append(rows, row{text: text, source: chat, fine: 1 << fine, labels: 1 << parents[fine], dominant: parents[fine], weight: 1,
				valence: pleasantness(1 << parents[fine])})
		}
	}
	return rows
}
