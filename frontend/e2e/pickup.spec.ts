import { expect, test, type Locator, type Page } from '@playwright/test';
import {
  atBox,
  backToTalk,
  createPickupRoom,
  findRoom,
  line,
  newBox,
  openPane,
  tryPassword,
  turnTo,
  type Seat,
} from './rooms';
import { newPerson, open } from './two-friends';

/*
 * A pickup room from the wizard to the last receipt, through the pages of three neighbours: Minji leads it on a Korean phone, Ben reads
 * English at a desk, Sora Korean. Nobody loads a page anew to see what the others did.
 */
const words = {
  ko: {
    add: (dish: string) => `${dish} 하나 더`,
    done: '다 골랐어요',
    table: '누가 무엇을 주문했는지',
    total: /^모두 합해서/,
    received: '내 것을 받았어요',
  },
  en: {
    add: (dish: string) => `Add one ${dish}`,
    done: 'I have chosen',
    table: 'Who ordered what',
    total: /^All together/,
    received: 'I received mine',
  },
} as const;

// From the menu of 달빛분식 in the demo town, which delivers from 9,000 won on and takes 2,000 for it.
const soup = '국물 떡볶이'; // 5,000
const gimbap = '달빛김밥'; // 4,000
const rolls = '김말이 4개'; // 3,000

test('three neighbours order together, and each gets their part', async ({ browser, request }) => {
  test.slow();
  const mark = crypto.randomUUID().slice(0, 8);
  const box = await newBox(request);
  const sit = async (nickname: string, locale: 'ko' | 'en', width: number): Promise<Seat> => {
    const who = await newPerson(request, nickname + mark, locale);
    return { who, page: await open(browser, who, '/chats', { width, height: 844 }) };
  };
  const minji = await sit('민지', 'ko', 390);
  const ben = await sit('Ben', 'en', 1280);
  const sora = await sit('소라', 'ko', 1280);
  const everybody = [minji, ben, sora];

  // A room in a neighbourhood whose name is there twice in the country; a store near its box.
  const title = `야식 ${mark}`;
  const places = { area: '달빛동', district: '새벽도 가온구', box: box.name, store: '달빛분식' };
  const id = await createPickupRoom(minji, { title, password: 'moonlight' }, places);
  await findRoom(ben, title);
  await tryPassword(ben, 'sunlight');
  await expect(ben.page.getByText('This is not the password of this room.')).toBeVisible();
  await tryPassword(ben, 'moonlight');
  await expect(ben.page).toHaveURL(new RegExp(`/rooms/${id}$`));
  await findRoom(sora, title);
  await tryPassword(sora, 'moonlight');
  await expect(line(minji.page, `${sora.who.nickname} 님이 들어왔어요`)).toBeVisible();

  for (const seat of everybody) {
    await openPane(seat);
    await turnTo(seat, 'order');
  }
  await choose(minji, ben, sora);

  await confirm(minji);
  for (const { who, page } of everybody) {
    const table = page.getByRole('table', { name: words[who.locale].table });
    await expect(page.getByText(/^Confirmed at|확정했어요\. 메뉴와 가격/)).toBeVisible();
    // 2,000 won for three: the won that is left over is paid by those who came first.
    expect(await Promise.all(everybody.map((one) => paid(table, one, who.nickname)))).toEqual([
      5667, 8667, 3666,
    ]);
    expect(await amount(table.getByRole('row', { name: words[who.locale].total }))).toBe(18_000);
  }

  await turnTo(minji, 'room');
  await expect(step(minji.page)).toHaveText(/주문 중/); // Confirming has started it.
  for (const [press, then, told] of [
    ['주문을 마쳤어요', /주문 완료/, 'The order is placed'],
    ['배달이 오고 있어요', /배달 중/, 'The delivery is on its way'],
  ] as const) {
    await minji.page.getByRole('button', { name: press }).click();
    await expect(step(minji.page)).toHaveText(then);
    await expect(line(ben.page, told)).toBeVisible();
  }

  await turnTo(ben, 'box');
  await expect(ben.page.getByText(box.name, { exact: true })).toBeVisible();
  await ben.page.getByRole('button', { name: 'Show my code' }).click();
  const spoken = await ben.page.getByText(/^\d(, \d){5}$/).textContent();
  const code = (spoken ?? '').replaceAll(', ', '');
  await expect(ben.page.getByText(code.slice(0, 3), { exact: true })).toBeVisible();
  await expect(ben.page.getByText(code.slice(3), { exact: true })).toBeVisible();

  expect(await atBox(request, { ...box, key: 'not its key' }, 'arrivals')).toBe(401);
  expect(await atBox(request, box, 'arrivals')).toBe(204);
  await expect(step(minji.page)).toHaveText(/도착/);
  await expect(ben.page.getByText('The courier was here.')).toBeVisible();
  expect(await atBox(request, box, 'openings', { code })).toBe(204);
  expect(await atBox(request, box, 'openings', { code })).toBe(403); // It works once.

  for (const seat of everybody) {
    await turnTo(seat, 'order');
    await seat.page.getByRole('button', { name: words[seat.who.locale].received }).click();
  }
  for (const { nickname } of [minji.who, sora.who]) {
    await expect(ben.page.getByRole('rowheader', { name: `${nickname} Received` })).toBeVisible();
  }

  await turnTo(minji, 'room');
  await minji.page.getByRole('button', { name: '방 닫기' }).click();
  await minji.page.getByRole('dialog').getByRole('button', { name: '완전히 닫기' }).click();
  await backToTalk(minji);
  for (const [{ page }, closed] of [
    [minji, '이 방은 닫혔어요.'],
    [ben, 'This room is closed.'],
    [sora, '이 방은 닫혔어요.'],
  ] as const) {
    await expect(page.getByText(closed)).toBeVisible();
    await expect(page.getByRole('textbox', { name: /메시지|message/i })).toHaveCount(0);
  }
  await readsEverything(sora, minji, ben);

  // What each paid stays readable in a room that has ended.
  await ben.page.reload();
  const table = ben.page.getByRole('table', { name: words.en.table });
  await expect(table.getByRole('rowheader', { name: 'You Received' })).toBeVisible();
  expect(await amount(table.getByRole('row', { name: words.en.total }))).toBe(18_000);
});

/** Everybody chooses, and sees at once what the others do. The host cannot confirm before the last one has. */
async function choose(minji: Seat, ben: Seat, sora: Seat) {
  await add(ben, gimbap);
  await add(ben, gimbap);
  await expect(headOf(sora.page, ben.who.nickname)).toHaveText(/고르는 중이에요/);
  await expect(sora.page.getByRole('row', { name: `${gimbap} × 2 8,000원` })).toBeVisible();
  await done(ben);
  await expect(sora.page.getByText('3명 중 1명이 골랐어요.')).toBeVisible();
  await add(minji, soup);
  await done(minji);
  const confirm = minji.page.getByRole('button', { name: '주문 확정하기' });
  await expect(minji.page.getByText('3명 중 2명이 골랐어요.')).toBeVisible();
  await expect(confirm).toBeDisabled();
  await expect(ben.page.getByText(`Still choosing: ${sora.who.nickname}.`)).toBeVisible();
  await add(sora, rolls);
  await done(sora);
  await expect(confirm).toBeEnabled();
}

async function add({ who, page }: Seat, dish: string) {
  await page.getByRole('button', { name: words[who.locale].add(dish), exact: true }).click();
}

async function done({ who, page }: Seat) {
  await page.getByRole('button', { name: words[who.locale].done }).click();
}

async function confirm({ page }: Seat) {
  await page.getByRole('button', { name: '주문 확정하기' }).click();
  const dialog = page.getByRole('dialog', { name: '주문을 확정할까요?' });
  await expect(dialog).toContainText('18,000원');
  await dialog.getByRole('button', { name: '주문 확정하기' }).click();
}

function headOf(scope: Page | Locator, name: string) {
  return scope.getByRole('rowheader', { name: new RegExp(`^${name}`) });
}

/** What somebody pays, as one of them reads it. */
function paid(table: Locator, { who }: Seat, reader: string): Promise<number> {
  const name = who.nickname === reader ? '(You|나) ' : who.nickname;
  return amount(table.getByRole('row').filter({ has: headOf(table.page(), name) }));
}

/** The won at the end of a row. */
async function amount(row: Locator): Promise<number> {
  return Number((await row.getByRole('cell').innerText()).replace(/\D/g, ''));
}

/** The step at which the order stands. */
function step(page: Page) {
  return page.getByRole('listitem').and(page.locator('[aria-current=step]'));
}

/** Nothing that happened is missing in the history, and it stands there in its order. */
async function readsEverything({ page }: Seat, host: Seat, guest: Seat) {
  const told = [
    `${host.who.nickname} 님이 방을 열었어요`,
    `${guest.who.nickname} 님이 들어왔어요`,
    '내가 들어왔어요',
    '주문을 확정했어요. 모두 18,000원이에요',
    '주문을 시작했어요. 이제 아무도 들어올 수 없어요',
    '주문을 마쳤어요',
    '배달이 오고 있어요',
    '배달이 보관함에 도착했어요',
    `${guest.who.nickname} 님이 보관함을 열었어요`,
    `${host.who.nickname} 님이 자기 몫을 받았어요`,
    `${guest.who.nickname} 님이 자기 몫을 받았어요`,
    '내 몫을 받았어요',
    `${host.who.nickname} 님이 방을 닫았어요`,
  ];
  const lines = page
    .getByRole('log')
    .getByRole('paragraph')
    .filter({ has: page.getByRole('time') });
  await expect(lines).toContainText(told);
}
