import { expect, test, type Page } from '@playwright/test';
import {
  backToTalk,
  createPlainRoom,
  findRoom,
  line,
  openPane,
  tryPassword,
  turnTo,
  type Seat,
} from './rooms';
import { newPerson, open, row } from './two-friends';

/*
 * A room to talk in, through the pages of three people: Minji opens it on a Korean phone, Ben finds it and knows the password, Sora has
 * an invite. Everything that one does is seen by the others without loading anything anew.
 */
test('a room of three: found, invited to, talked in, led and left', async ({
  browser,
  request,
}) => {
  test.slow();
  const mark = crypto.randomUUID().slice(0, 8);
  const sit = async (nickname: string, locale: 'ko' | 'en', width: number): Promise<Seat> => {
    const who = await newPerson(request, nickname + mark, locale);
    return { who, page: await open(browser, who, '/chats', { width, height: 844 }) };
  };
  const minji = await sit('민지', 'ko', 390);
  const ben = await sit('Ben', 'en', 1280);
  const sora = await sit('소라', 'ko', 1280);

  const id = await createPlainRoom(minji, { title: `산책 ${mark}`, password: 'moonlight' });
  await findRoom(ben, `산책 ${mark}`);
  await tryPassword(ben, 'moonlight');
  await expect(line(ben.page, 'You joined')).toBeVisible();

  await openPane(minji);
  await turnTo(minji, 'room');
  const invite = await inviteOf(minji);
  await joinByInvite(sora, invite);
  await expect(sora.page).toHaveURL(new RegExp(`/rooms/${id}$`));
  await expect(line(ben.page, `${sora.who.nickname} joined`)).toBeVisible();

  await backToTalk(minji);
  await talk(minji, ben, sora);

  await openPane(minji);
  await turnTo(minji, 'room');
  await minji.page.getByLabel('방 이름').fill(`밤 산책 ${mark}`);
  await minji.page.getByRole('button', { name: '저장', exact: true }).click();
  await expect(ben.page.getByRole('heading', { name: `밤 산책 ${mark}` })).toBeVisible();
  await expect(line(sora.page, `방 이름을 바꿨어요: 밤 산책 ${mark}`)).toBeVisible();

  await openPane(sora);
  await turnTo(sora, 'room');
  await sora.page.getByRole('button', { name: '뽑기', exact: true }).click();
  const drawn = await line(ben.page, 'Drawn by chance: ').textContent();
  const names = [minji.who.nickname, sora.who.nickname, 'You'];
  expect(names.filter((name) => drawn?.includes(name))).toHaveLength(1);

  await turnTo(minji, 'members');
  await manage(minji.page, `${ben.who.nickname} 님에 대해 더 보기`, '방장으로 정하기');
  await minji.page.getByRole('dialog').getByRole('button', { name: '방장으로 정하기' }).click();
  await expect(line(ben.page, 'You are the host now')).toBeVisible();
  await expect(line(sora.page, `이제 ${ben.who.nickname} 님이 방장이에요`)).toBeVisible();

  await openPane(ben);
  await manage(ben.page, `More for ${sora.who.nickname}`, 'Remove from the room');
  await ben.page.getByRole('dialog').getByRole('button', { name: 'Remove for good' }).click();
  await staysOut(sora, id, `밤 산책 ${mark}`, invite);
  const people = ben.page.getByRole('list', { name: 'In this room' }).getByRole('listitem');
  await expect(people).toHaveText([/민지/, /Ben.*Host.*You/]);

  await turnTo(minji, 'room');
  await leave(minji, '방에서 나가기', '나가기');
  await expect(minji.page.getByText('아직 대화가 없어요')).toBeVisible();
  await expect(line(ben.page, `${minji.who.nickname} left`)).toBeVisible();
  await turnTo(ben, 'room');
  await leave(ben, 'Leave the room', 'Leave');
  await findNothing(minji, `밤 산책 ${mark}`); // The last one out has closed it.
});

/** Makes an invite and gives its link. */
async function inviteOf({ page }: Seat): Promise<string> {
  await page.getByRole('button', { name: '링크 만들기' }).click();
  return page.getByLabel('초대 링크', { exact: true }).inputValue();
}

async function joinByInvite({ page }: Seat, link: string) {
  await page.goto(link);
  await expect(page.getByText('이 초대가 있으면 비밀번호 없이 들어갈 수 있어요.')).toBeVisible();
  await page.getByRole('button', { name: '들어가기' }).click();
}

/** Each says something; all read it with its meaning, in their own language, and the number of those who have not read it goes. */
async function talk(minji: Seat, ben: Seat, sora: Seat) {
  const thanks = '어제 같이 걸어 줘서 정말 고마워, 너무 행복했어!';
  const answer = 'I am so happy that we met! Thank you so much!';
  await write(minji.page, '메시지 쓰기', thanks);
  for (const [{ page }, joy] of [
    [ben, /^Reading: joy, /],
    [sora, /^감정 읽기: 기쁨, /],
  ] as const) {
    await expect(row(page, thanks).getByRole('button', { name: joy })).toBeVisible();
  }
  await expect(row(minji.page, thanks)).toBeVisible();
  await expect(row(minji.page, thanks)).not.toContainText('읽지 않았어요');
  await write(ben.page, 'Write a message', answer);
  for (const { page } of [minji, sora]) {
    const said = row(page, answer);
    await expect(said.getByRole('button', { name: /^감정 읽기: 기쁨, / })).toBeVisible();
    await expect(said).toHaveAccessibleName(new RegExp(`^${ben.who.nickname}`));
  }
}

async function write(page: Page, composer: string, text: string) {
  await page.getByPlaceholder(composer).fill(text);
  await page.keyboard.press('Enter');
}

/** Picks what to do with a member. */
async function manage(page: Page, menu: string, item: string) {
  await page.getByRole('button', { name: menu }).click();
  await page.getByRole('menuitem', { name: item }).click();
}

/** Whoever was removed is out at once, and neither the address nor an invite leads back. */
async function staysOut({ who, page }: Seat, id: number, title: string, invite: string) {
  await expect(page.getByText(`방장이 “${title}” 방에서 나를 내보냈어요.`)).toBeVisible();
  await expect(page).toHaveURL(/\/chats$/);
  await expect(page.getByText('아직 대화가 없어요')).toBeVisible();
  await page.goto(`/rooms/${id}`);
  await expect(page.getByText('이 대화를 찾을 수 없어요')).toBeVisible();
  await findNothing({ who, page }, title);
  await page.goto(invite);
  await expect(page.getByText('이제 쓸 수 없는 초대예요')).toBeVisible();
}

async function leave({ page }: Seat, action: string, confirm: string) {
  await page.getByRole('button', { name: action }).click();
  await page.getByRole('dialog').getByRole('button', { name: confirm, exact: true }).click();
  await expect(page).toHaveURL(/\/chats$/);
}

/** The room is not among those that this person may join. */
async function findNothing({ page }: Seat, title: string) {
  await page.goto(`/discover?q=${encodeURIComponent(title)}`);
  await expect(page.getByText('조건에 맞는 방이 없어요')).toBeVisible();
}
