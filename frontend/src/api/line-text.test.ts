import i18next from 'i18next';
import { describe, expect, it } from 'vitest';
import type { Schema } from '@/api/client';
import { lineText, listOf, usersOf } from '@/api/line-text';

const people = new Map([
  [1, 'Minji'],
  [2, 'Ben'],
  [3, 'Cho'],
]);
const names = { me: 1, nickname: (user: number) => people.get(user) };
const say = (line: Schema<'Line'>, actor = 2) => lineText(line, actor, { ...names, locale: 'en' });
const at = new Date(2026, 10, 21, 15, 40).toISOString();

describe('a system line', () => {
  it.each<[Schema<'Line'>, string]>([
    [{ code: 'created' }, 'Ben opened this room'],
    [{ code: 'closed' }, 'Ben closed this room'],
    [{ code: 'emptied' }, 'The last member left, and the room was closed'],
    [{ code: 'expired' }, 'Its time was up, and the room was closed'],
    [{ code: 'joined', user: 2 }, 'Ben joined'],
    [{ code: 'joined', user: 1 }, 'You joined'],
    [{ code: 'left', user: 3 }, 'Cho left'],
    [{ code: 'kicked', user: 3 }, 'Cho was removed by the host'],
    [{ code: 'host', user: 1 }, 'You are the host now'],
    [{ code: 'renamed', title: 'Late <snack>' }, 'The room has a new name: Late <snack>'],
    [{ code: 'capacity', number: 1 }, 'The room has 1 seat now'],
    [{ code: 'capacity', number: 6 }, 'The room has 6 seats now'],
    [{ code: 'password_set' }, 'The room has a new password'],
    [{ code: 'password_removed' }, 'The room has no password any more'],
    [{ code: 'phase', phase: 'DELIVERED' }, 'The order was delivered'],
    [
      { code: 'extended', number: 2, time: at },
      'The room stays open 2 hours longer, until 3:40 PM',
    ],
    [{ code: 'warning', number: 5 }, 'The room closes in 5 minutes'],
    [{ code: 'arrived' }, 'The delivery is in the box'],
    [{ code: 'order_confirmed', number: 31_500 }, 'The order is confirmed: ₩31,500 in all'],
    [{ code: 'received', user: 1 }, 'You received your part'],
    [{ code: 'box_opened', user: 3 }, 'Cho opened the box'],
    [{ code: 'readings_off', user: 2 }, 'Ben switched readings off in this room'],
    [{ code: 'readings_local', user: 1 }, 'You set readings to stay on this server'],
    [{ code: 'drawn', users: [2, 1] }, 'Drawn by chance: Ben and You'],
  ])('%j', (line, words) => {
    expect(say(line).replace(/\s/g, ' ')).toBe(words);
  });

  it('calls somebody that nobody knows somebody', () => {
    expect(say({ code: 'joined', user: 99 })).toBe('Somebody joined');
    expect(say({ code: 'drawn', users: [99] })).toBe('Drawn by chance: Somebody');
  });

  it('is Korean for Koreans', async () => {
    await i18next.changeLanguage('ko');
    const korean = (line: Schema<'Line'>) => lineText(line, 2, { ...names, locale: 'ko' });
    expect(korean({ code: 'joined', user: 2 })).toBe('Ben 님이 들어왔어요');
    expect(korean({ code: 'joined', user: 99 })).toBe('누군가 들어왔어요');
    expect(korean({ code: 'host', user: 1 })).toBe('이제 내가 방장이에요');
    expect(korean({ code: 'extended', number: 1, time: at })).toBe(
      '방을 1시간 늘렸어요. 오후 3:40에 끝나요',
    );
    expect(korean({ code: 'order_confirmed', number: 31_500 })).toBe(
      '주문을 확정했어요. 모두 31,500원이에요',
    );
  });

  it('of a newer server says at least that something happened', () => {
    const line = JSON.parse('{"code":"decorated"}') as Schema<'Line'>;
    expect(say(line)).toBe('Something happened in this room');
  });
});

it('needs the names of those it is about', () => {
  expect(usersOf({ code: 'created' }, 2)).toEqual([2]);
  expect(usersOf({ code: 'host', user: 3 }, 2)).toEqual([3]);
  expect(usersOf({ code: 'drawn', users: [1, 3] }, 2)).toEqual([1, 3]);
  expect(usersOf({ code: 'warning', number: 5 }, 2)).toEqual([]);
});

it('joins names as the language does', () => {
  expect(listOf(['Ben', 'Cho', 'Dana'], 'en')).toBe('Ben, Cho, and Dana');
  expect(listOf(['벤', '조'], 'ko')).toBe('벤, 조');
});
