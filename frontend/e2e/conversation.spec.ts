import { expect, test } from '@playwright/test';
import {
  call,
  cut,
  goOffline,
  goOnline,
  open,
  row,
  say,
  twoFriends,
  type Person,
} from './two-friends';

const write = { ko: '메시지 쓰기', en: 'Write a message' };

test('a message appears at once on the other side, with its reading and the words that carry it', async ({
  browser,
  request,
}) => {
  const { minji, ben, room } = await twoFriends(request);
  const [hers, his] = await Promise.all([
    open(browser, minji, `/rooms/${room}`),
    open(browser, ben, `/rooms/${room}`),
  ]);
  await expect(hers.getByText('먼저 인사해 보세요')).toBeVisible();
  await expect(hers.getByText('이 대화를 보고 있어요')).toBeVisible();

  await his.getByPlaceholder(write.en).fill('Thank you so much, I am so happy today!');
  await his.keyboard.press('Enter');
  const received = row(hers, 'so happy today');
  await expect(received).toBeVisible();
  const chip = received.getByRole('button', { name: /^감정 읽기: 기쁨/ });
  await expect(chip).toBeVisible();
  await expect(
    row(his, 'so happy today').getByRole('button', { name: /^Reading: joy/ }),
  ).toBeVisible();

  await chip.hover();
  await expect(received.locator('mark').first()).toBeVisible();
  await hers.mouse.move(0, 0);
  await expect(received.locator('mark')).toHaveCount(0);

  await chip.click();
  const why = hers.getByRole('dialog', { name: '왜 이렇게 읽었나요?' });
  await expect(why.getByRole('table')).toContainText('기쁨');
  await expect(why.getByText(/^이 서버가 자체 모델.*읽었어요/)).toBeVisible();
  await expect(received.locator('mark').first()).toBeVisible();
  await hers.keyboard.press('Escape');
  await expect(why).toBeHidden();
  await expect(chip).toBeFocused();
});

test('readings can be hidden from where they stand', async ({ browser, request }) => {
  const { minji, ben, room } = await twoFriends(request);
  await say(request, minji, room, '정말 고마워, 너무 행복해!');
  const his = await open(browser, ben, `/rooms/${room}`);
  await row(his, '고마워')
    .getByRole('button', { name: /^Reading/ })
    .click();
  await his.getByRole('button', { name: 'Hide all readings' }).click();
  await expect(his.getByText('Readings are hidden.')).toBeVisible();
  await expect(row(his, '고마워').getByRole('button', { name: /^Reading/ })).toHaveCount(0);
  await his.reload();
  await expect(row(his, '고마워')).toBeVisible();
  await expect(row(his, '고마워').getByRole('button', { name: /^Reading/ })).toHaveCount(0);
});

test('the unread number counts down when the other one looks, and the badge is right', async ({
  browser,
  request,
}) => {
  const { minji, ben, room } = await twoFriends(request);
  const hers = await open(browser, minji, `/rooms/${room}`);
  const his = await open(browser, ben, '/friends');
  for (const text of ['하나', '둘', '셋']) {
    await hers.getByPlaceholder(write.ko).fill(text);
    await hers.keyboard.press('Enter');
    await expect(row(hers, text)).toContainText('아직 1명이 읽지 않았어요');
  }
  await expect(his.getByRole('link', { name: /Chats/ })).toContainText('3 unread messages');
  await his.getByRole('link', { name: /Chats/ }).click();
  await his.getByRole('link', { name: /민지/ }).click();
  await expect(his.getByRole('separator', { name: 'New messages' })).toBeVisible();
  for (const text of ['하나', '둘', '셋']) {
    await expect(row(hers, text)).not.toContainText('읽지 않았어요');
  }
  await expect(his.getByRole('link', { name: /Chats/ })).not.toContainText('unread');
});

test('somebody who types is seen typing, and no longer once they sent it', async ({
  browser,
  request,
}) => {
  const { minji, ben, room } = await twoFriends(request);
  const [hers, his] = await Promise.all([
    open(browser, minji, `/rooms/${room}`),
    open(browser, ben, `/rooms/${room}`),
  ]);
  await expect(hers.getByText('이 대화를 보고 있어요')).toBeVisible();
  await his.getByPlaceholder(write.en).pressSequentially('so');
  await expect(hers.getByText('Ben 님이 쓰고 있어요')).toBeVisible();
  await his.keyboard.press('Enter');
  await expect(row(hers, 'so')).toBeVisible();
  await expect(hers.getByText('Ben 님이 쓰고 있어요')).toHaveCount(0);
});

test('edit, reply, react and delete reach the other side, and a reload keeps them', async ({
  browser,
  request,
}) => {
  const { minji, ben, room } = await twoFriends(request);
  await say(request, minji, room, '저녁 뭐 먹을까?');
  const [hers, his] = await Promise.all([
    open(browser, minji, `/rooms/${room}`),
    open(browser, ben, `/rooms/${room}`),
  ]);

  await row(his, '저녁').hover();
  await row(his, '저녁').getByRole('button', { name: 'Reply' }).click();
  await expect(his.getByPlaceholder(write.en)).toBeFocused();
  await his.keyboard.type('Bibimbap');
  await his.keyboard.press('Enter');
  const answer = row(hers, 'Bibimbap');
  await expect(
    answer.getByRole('button', { name: '그 메시지로 가기: 저녁 뭐 먹을까?' }),
  ).toBeVisible();

  await his.keyboard.press('ArrowUp');
  await expect(his.getByText('You are changing a message')).toBeVisible();
  await his.keyboard.type('!');
  await his.keyboard.press('Enter');
  await expect(row(hers, 'Bibimbap!')).toContainText('고침');
  await expect(his.getByPlaceholder(write.en)).toHaveValue('');

  await answer.hover();
  await answer.getByRole('button', { name: '공감', exact: true }).click();
  await hers.getByRole('button', { name: '👍' }).click();
  const reaction = row(his, 'Bibimbap').getByRole('button', { name: /👍, 1/ });
  await expect(reaction).toHaveAttribute('aria-pressed', 'false');
  await reaction.click();
  await expect(row(hers, 'Bibimbap').getByRole('button', { name: /👍 2개/ })).toBeVisible();

  await row(hers, '저녁 뭐').first().hover();
  await row(hers, '저녁 뭐').first().getByRole('button', { name: '더 보기' }).click();
  await hers.getByRole('menuitem', { name: '지우기' }).click();
  await hers.getByRole('dialog').getByRole('button', { name: '지우기' }).click();
  await expect(row(his, 'A deleted message').first()).toBeVisible();
  await expect(his.getByText('저녁 뭐 먹을까?')).toHaveCount(0);

  await his.reload();
  await expect(row(his, 'A deleted message').first()).toBeVisible();
  await expect(row(his, 'Bibimbap!').getByRole('button', { name: /👍, 2/ })).toBeVisible();
  await expect(row(his, 'Bibimbap!')).toContainText('edited');
});

test('what is written without a network waits through a reload and arrives exactly once, in its order', async ({
  browser,
  request,
}) => {
  const { minji, ben, room } = await twoFriends(request);
  const [hers, his] = await Promise.all([
    open(browser, minji, `/rooms/${room}`),
    open(browser, ben, `/rooms/${room}`),
  ]);
  await expect(hers.getByText('이 대화를 보고 있어요')).toBeVisible();
  await goOffline(hers);
  for (const text of ['첫째', '둘째', '셋째']) {
    await hers.getByPlaceholder(write.ko).fill(text);
    await hers.keyboard.press('Enter');
  }
  await expect(hers.getByRole('img', { name: '보내는 중' })).toHaveCount(3);
  await expect(hers.getByText('메시지 3개가 기다리고 있어요.')).toBeVisible({ timeout: 15_000 });

  await goOnline(hers);
  await hers.reload();
  for (const text of ['첫째', '둘째', '셋째']) await expect(row(his, text)).toHaveCount(1);
  await expect(hers.getByRole('img', { name: '보내는 중' })).toHaveCount(0);
  const page = await call<{ items: { body: string; seq: number }[] }>(
    request,
    ben,
    'get',
    `/rooms/${room}/messages`,
  );
  expect(page.items.map(({ body, seq }) => `${seq} ${body}`)).toEqual([
    '1 첫째',
    '2 둘째',
    '3 셋째',
  ]);
});

test('after a lost connection nothing is missing and nothing is twice', async ({
  browser,
  request,
}) => {
  const { minji, ben, room } = await twoFriends(request);
  await say(request, minji, room, 'before');
  const his = await open(browser, ben, `/rooms/${room}`);
  await expect(row(his, 'before')).toBeVisible();
  await goOffline(his);
  await say(request, minji, room, 'while away');
  const changed = await say(request, minji, room, 'to be changed');
  await call(request, minji, 'patch', `/rooms/${room}/messages/${changed.seq}`, {
    body: 'changed',
  });
  await goOnline(his);
  await expect(row(his, 'while away')).toBeVisible();
  await expect(row(his, 'changed')).toBeVisible();
  await expect(his.getByText('to be changed')).toHaveCount(0);
  await cut(his);
  await his.getByPlaceholder(write.en).fill('sent while reconnecting');
  await his.keyboard.press('Enter');
  await expect(row(his, 'sent while reconnecting')).toHaveCount(1);
  await expect(his.getByRole('img', { name: 'Sending' })).toHaveCount(0);
  await expect(his.getByRole('log').getByRole('article')).toHaveCount(4);
});

test('two tabs of one person agree, and one sends what the other left behind', async ({
  browser,
  request,
}) => {
  const { minji, ben, room } = await twoFriends(request);
  await say(request, minji, room, '하나');
  const first = await open(browser, ben, '/friends');
  const second = await first.context().newPage();
  const badge = first.getByRole('navigation').getByRole('link', { name: /^Chats/ });
  await expect(badge).toContainText('1 unread message');
  await second.goto(`/rooms/${room}`);
  await expect(badge).not.toContainText('unread');

  // The connection of the first tab is lost for good, and the tab is closed with a message in hand.
  await first.goto(`/rooms/${room}`);
  await expect(row(first, '하나')).toBeVisible();
  await first.route('**/ws/tickets', (route) => route.abort());
  await cut(first);
  await first.getByPlaceholder(write.en).fill('left behind');
  await first.keyboard.press('Enter');
  await expect(first.getByRole('img', { name: 'Sending' })).toBeVisible();
  await first.close();
  await second.reload();
  await expect(row(second, 'left behind')).toHaveCount(1);
  await expect(second.getByRole('img', { name: 'Sending' })).toHaveCount(0);
  const page = await call<{ items: { body: string }[] }>(
    request,
    minji,
    'get',
    `/rooms/${room}/messages`,
  );
  expect(page.items.map(({ body }) => body)).toEqual(['하나', 'left behind']);
});

test('a session ended elsewhere ends here at once; a log-out leaves nothing behind', async ({
  browser,
  request,
}) => {
  const { ben, room } = await twoFriends(request);
  const his = await open(browser, ben, `/rooms/${room}`);
  await his.getByPlaceholder(write.en).fill('a secret half thought');
  const kept = () =>
    his.evaluate(() => Object.keys(localStorage).filter((key) => /draft|outbox/.test(key)));
  await expect.poll(kept).toHaveLength(1);
  await his.goto('/me/profile');
  await his.getByRole('button', { name: 'Log out' }).click();
  await expect(his).toHaveURL('/');
  expect(await kept()).toEqual([]);

  const again = await open(browser, ben, `/rooms/${room}`);
  await expect(again.getByPlaceholder(write.en)).toBeVisible();
  const { items } = await call<{ items: { id: number; current: boolean }[] }>(
    request,
    ben,
    'get',
    '/auth/sessions',
  );
  for (const { id } of items.filter(({ current }) => !current)) {
    await call(request, ben, 'delete', `/auth/sessions/${id}`);
  }
  await expect(again).toHaveURL(/\/login/);
  await expect(again.getByText('Your session has ended')).toBeVisible();
});

test('after unfriending the conversation is history', async ({ browser, request }) => {
  const { minji, ben, room } = await twoFriends(request);
  await say(request, minji, room, '잘 지내');
  const his = await open(browser, ben, `/rooms/${room}`);
  await expect(row(his, '잘 지내')).toBeVisible();
  await call(request, minji, 'delete', `/friends/${ben.id}`);
  await expect(his.getByText('Read only', { exact: true }).last()).toBeVisible();
  await expect(his.getByPlaceholder(write.en)).toHaveCount(0);
  await row(his, '잘 지내').hover();
  await expect(his.getByRole('button', { name: 'Reply' })).toHaveCount(0);
  await his.reload();
  await expect(row(his, '잘 지내')).toBeVisible();
  await expect(his.getByPlaceholder(write.en)).toHaveCount(0);
});

test('a room of others and a room that does not exist look alike', async ({ browser, request }) => {
  const { room } = await twoFriends(request);
  const { ben } = await twoFriends(request);
  for (const path of [`/rooms/${room}`, '/rooms/999999999', '/rooms/nonsense']) {
    const his = await open(browser, ben, path);
    await expect(his.getByText('This chat was not found')).toBeVisible();
  }
});

test('while scrolled up nothing moves, and a pill leads to what is new', async ({
  browser,
  request,
}) => {
  const { minji, ben, room } = await twoFriends(request);
  for (let i = 1; i <= 40; i++) await say(request, ben, room, `line ${i} of many`);
  const his = await open(browser, ben, `/rooms/${room}`);
  await expect(row(his, 'line 40 of')).toBeVisible();
  await row(his, 'line 40 of').hover();
  await his.mouse.wheel(0, -900);
  await expect(his.getByRole('button', { name: 'Go to the latest message' })).toBeVisible();
  const anchor = row(his, 'line 25 of');
  await expect(anchor).toBeInViewport();
  const before = await anchor.boundingBox();
  await say(request, minji, room, '새 소식');
  await say(request, minji, room, '또 새 소식');
  const pill = his.getByRole('button', { name: '2 new' });
  await expect(pill).toBeVisible();
  expect((await anchor.boundingBox())?.y).toBe(before?.y);
  await pill.click();
  await expect(row(his, '또 새 소식')).toBeInViewport();
  await expect(pill).toHaveCount(0);
});

test('of a long history only what is seen is drawn, and any message can be opened by its address', async ({
  browser,
  request,
}) => {
  test.slow();
  const { minji, ben, room } = await twoFriends(request);
  await sayMany(new URL(test.info().project.use.baseURL ?? ''), [minji, ben], room, 3000);
  const his = await open(browser, ben, `/rooms/${room}`);
  const articles = his.getByRole('log').getByRole('article');
  await expect(articles.first()).toBeVisible();
  await articles.last().hover();
  for (let turn = 0; turn < 60; turn++) {
    await his.mouse.wheel(0, -1500);
    await his.evaluate(() => new Promise(requestAnimationFrame));
  }
  const top = Number(await articles.first().getAttribute('data-seq'));
  expect(top).toBeLessThan(2_800);
  expect(await articles.count()).toBeLessThan(100);
  await his.goto(`/rooms/${room}?at=900`);
  await expect(his.locator('article[data-seq="900"]')).toBeInViewport();
  await his.getByRole('button', { name: 'Go to the latest message' }).click();
  await expect(his.locator('article[data-seq="3000"]')).toBeInViewport();
});

/** Fills a room from many connections at once. */
async function sayMany(base: URL, people: Person[], room: number, count: number): Promise<void> {
  let next = 0;
  const writer = async () => {
    while (next < count) {
      const i = next++;
      const answer = await fetch(new URL(`/api/v1/rooms/${room}/messages`, base), {
        method: 'POST',
        headers: {
          'Content-Type': 'application/json',
          Authorization: `Bearer ${people[i % people.length]?.token ?? ''}`,
        },
        body: JSON.stringify({ clientId: crypto.randomUUID(), body: `number ${i}, 정말 고마워` }),
      });
      expect(answer.status).toBe(201);
    }
  };
  await Promise.all(Array.from({ length: 32 }, writer));
}
