import type { Schema } from '@/api/client';
import { Problem } from '@/api/problem';
import { steps, type Step } from '@/features/rooms/create-steps';
import { countCodePoints } from '@/lib/code-points';
import { wholeNumber } from '@/lib/whole-number';

/** What somebody who creates a room has chosen so far. */
export interface Draft {
  kind: 'plain' | 'pickup' | undefined;
  zip: string | undefined;
  box: Schema<'BoxSummary'> | undefined;
  store: Schema<'StoreSummary'> | undefined;
  title: string;
  /** As typed; undefined until it is, and then what the kind of room suggests. */
  seats: string | undefined;
  password: string;
}

/** The steps that this draft goes through. */
export function stepsOf({ kind }: Draft): readonly Step[] {
  return kind === 'plain' ? ['kind', 'details'] : steps;
}

/** The step that was asked for, or the first one before it that is not done yet. */
export function reachable(draft: Draft, wanted: Step): Step {
  const done = { kind: draft.kind, box: draft.box, store: draft.store, details: undefined };
  const way = stepsOf(draft);
  const open = way.find((step) => done[step] === undefined) ?? 'details';
  return way.includes(wanted) && way.indexOf(wanted) < way.indexOf(open) ? wanted : open;
}

/** How many seats a room may have. What the operator allows beyond the usual is known to the server only. */
export const seatsOf = {
  plain: { least: 2, usual: 100, most: 1000, suggested: '10' },
  pickup: { least: 1, usual: 12, most: 12, suggested: '4' },
} as const;

/** What is wrong with which field; the values are keys of the texts. */
export interface DraftFaults {
  title?: 'title' | 'titleTaken' | undefined;
  seats?: 'seats' | 'seatsRefused' | undefined;
  password?: 'password' | undefined;
}

/** What is missing or wrong before the server is asked. */
export function draftFaults({ kind = 'plain', title, seats, password }: Draft): DraftFaults {
  const { least, most, suggested } = seatsOf[kind];
  const number = wholeNumber(seats ?? suggested);
  return {
    title: within(title.trim(), 1, 60) ? undefined : 'title',
    seats: number !== undefined && number >= least && number <= most ? undefined : 'seats',
    password: password === '' || within(password, 4, 64) ? undefined : 'password',
  };
}

function within(text: string, least: number, most: number): boolean {
  const length = countCodePoints(text);
  return length >= least && length <= most;
}

/** The room that a draft without faults describes. */
export function newRoomOf(draft: Draft): Schema<'NewRoom'> {
  const { kind = 'plain', box, store, title, seats, password } = draft;
  return {
    kind: 'group',
    title: title.trim(),
    capacity: wholeNumber(seats ?? seatsOf[kind].suggested) ?? seatsOf[kind].least,
    ...(password && { password }),
    ...(kind === 'pickup' && box && store && { pickup: { boxId: box.id, storeId: store.id } }),
  };
}

/** What the server found wrong, and the step where it can be put right. */
export type Refusal =
  | { step: 'box'; why: 'taken' | 'out' | 'gone' }
  | { step: 'store'; why: 'gone' }
  | { step: 'details'; faults: DraftFaults }
  | undefined;

/** Reads a refusal of the server; undefined when no step can put it right. */
export function refusalOf(error: Error): Refusal {
  if (!(error instanceof Problem)) return undefined;
  switch (error.code) {
    case 'box.booked':
      return { step: 'box', why: 'taken' };
    case 'box.out_of_order':
      return { step: 'box', why: 'out' };
    case 'box.not_found':
      return { step: 'box', why: 'gone' };
    case 'store.not_found':
      return { step: 'store', why: 'gone' };
    case 'room.title_taken':
      return { step: 'details', faults: { title: 'titleTaken' } };
  }
  const faults: DraftFaults = {
    title: error.fields.has('title') ? 'title' : undefined,
    seats: error.fields.has('capacity') ? 'seatsRefused' : undefined,
    password: error.fields.has('password') ? 'password' : undefined,
  };
  return anyFault(faults) ? { step: 'details', faults } : undefined;
}

export function anyFault(faults: DraftFaults): boolean {
  return Object.values(faults).some(Boolean);
}
