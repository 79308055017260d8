import { describe, expect, it } from 'vitest';
import { Problem } from '@/api/problem';
import {
  anyFault,
  draftFaults,
  newRoomOf,
  reachable,
  refusalOf,
  stepsOf,
  type Draft,
} from '@/features/rooms/create-draft';
import { aBox, aStore } from '@/testing/places';

function aDraft(change: Partial<Draft> = {}): Draft {
  return {
    kind: 'pickup',
    zip: '90101',
    box: aBox(8),
    store: aStore(5),
    title: 'Noodles',
    seats: undefined,
    password: '',
    ...change,
  };
}

describe('the way through the steps', () => {
  it('leads past the places only when there is something to pick up', () => {
    expect(stepsOf(aDraft({ kind: 'plain' }))).toEqual(['kind', 'details']);
    expect(stepsOf(aDraft())).toEqual(['kind', 'box', 'store', 'details']);
  });

  it.each([
    ['details', aDraft({ kind: undefined }), 'kind'],
    ['details', aDraft({ box: undefined }), 'box'],
    ['details', aDraft({ store: undefined }), 'store'],
    ['store', aDraft({ box: undefined, store: undefined }), 'box'],
    ['details', aDraft(), 'details'],
    ['box', aDraft(), 'box'],
    ['kind', aDraft(), 'kind'],
    ['store', aDraft({ kind: 'plain' }), 'details'],
    ['details', aDraft({ kind: 'plain', box: undefined, store: undefined }), 'details'],
  ] as const)('asked for %s, a draft comes no further than it is done', (wanted, draft, step) => {
    expect(reachable(draft, wanted)).toBe(step);
  });
});

describe('the faults of a draft', () => {
  it.each([
    [{ title: '  ' }, { title: 'title' }],
    [{ title: '가'.repeat(61) }, { title: 'title' }],
    [{ title: '🍜'.repeat(60) }, {}], // 60 letters, whatever they are made of
    [{ seats: '0' }, { seats: 'seats' }],
    [{ seats: '1' }, {}],
    [{ seats: '13' }, { seats: 'seats' }],
    [{ seats: 'two' }, { seats: 'seats' }],
    [{ kind: 'plain', seats: '1' }, { seats: 'seats' }],
    [{ kind: 'plain', seats: '500' }, {}], // what an operator allows is theirs to say
    [{ password: 'abc' }, { password: 'password' }],
    [{ password: 'moonlight' }, {}],
  ] as const)('of %j are %j', (change, faults) => {
    const found = draftFaults(aDraft(change));
    expect(found).toEqual({ title: undefined, seats: undefined, password: undefined, ...faults });
    expect(anyFault(found)).toBe(Object.keys(faults).length > 0);
  });
});

it('describes a room without what was not chosen', () => {
  expect(newRoomOf(aDraft({ title: ' Noodles ' }))).toEqual({
    kind: 'group',
    title: 'Noodles',
    capacity: 4,
    pickup: { boxId: 8, storeId: 5 },
  });
  expect(newRoomOf(aDraft({ kind: 'plain', seats: '20', password: 'moonlight' }))).toEqual({
    kind: 'group',
    title: 'Noodles',
    capacity: 20,
    password: 'moonlight',
  });
});

it.each([
  ['box.booked', { step: 'box', why: 'taken' }],
  ['box.out_of_order', { step: 'box', why: 'out' }],
  ['box.not_found', { step: 'box', why: 'gone' }],
  ['store.not_found', { step: 'store', why: 'gone' }],
  ['room.title_taken', { step: 'details', faults: { title: 'titleTaken' } }],
  ['server.failed', undefined],
])('knows where %s can be put right', (code, refusal) => {
  expect(refusalOf(new Problem(409, code, ''))).toEqual(refusal);
});

it('knows which field the server refused', () => {
  const problem = new Problem(422, 'request.invalid', '', new Map([['capacity', 'too many']]));
  expect(refusalOf(problem)).toMatchObject({ step: 'details', faults: { seats: 'seatsRefused' } });
});
