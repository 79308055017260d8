import type { Schema } from '@/api/client';
import { countCodePoints } from '@/lib/code-points';
import { wholeNumber } from '@/lib/whole-number';

/** What is not right with a field. */
export type Fault = 'name' | 'category' | 'address' | 'lat' | 'lng' | 'won' | 'zip' | 'section';

/** What is not right with a form, by field; empty when nothing is. */
export type Faults<Fields> = Partial<Record<keyof Fields, Fault>>;

/** A store as it is typed. */
export interface StoreFields {
  name: string;
  category: Schema<'StoreCategory'> | undefined;
  address: string;
  lat: string;
  lng: string;
  minOrder: string;
  deliveryFee: string;
  active: boolean;
}

export interface BoxFields {
  name: string;
  zip: string;
  address: string;
  lat: string;
  lng: string;
  condition: Schema<'BoxCondition'>;
  active: boolean;
}

export interface DishFields {
  section: string;
  name: string;
  price: string;
}

export function storeFields(store: Schema<'Store'> | undefined): StoreFields {
  return {
    name: store?.name ?? '',
    category: store?.category,
    address: store?.address ?? '',
    lat: text(store?.lat),
    lng: text(store?.lng),
    minOrder: text(store?.minOrder),
    deliveryFee: text(store?.deliveryFee),
    active: store?.active ?? true,
  };
}

export function boxFields(box: Schema<'Box'> | undefined): BoxFields {
  return {
    name: box?.name ?? '',
    zip: box?.zip ?? '',
    address: box?.address ?? '',
    lat: text(box?.lat),
    lng: text(box?.lng),
    condition: box?.condition ?? 'ok',
    active: box?.active ?? true,
  };
}

export function dishFields(item: Schema<'MenuItem'> | undefined): DishFields {
  return { section: item?.section ?? '', name: item?.name ?? '', price: text(item?.price) };
}

/** What was typed is nothing that the server takes. */
class Wrong {
  constructor(readonly fault: Fault) {}
}

/** What the server takes, or what is not right yet. */
type Read<Input> = { input: Input } | { faults: Faults<Input> };

export function readStore(typed: StoreFields): Read<Required<Schema<'StoreInput'>>> {
  return whole({
    name: words(typed.name, 80, 'name'),
    category: typed.category ?? new Wrong('category'),
    address: words(typed.address, 200, 'address'),
    lat: degrees(typed.lat, 90, 'lat'),
    lng: degrees(typed.lng, 180, 'lng'),
    minOrder: won(typed.minOrder),
    deliveryFee: won(typed.deliveryFee),
    active: typed.active,
  });
}

export function readBox(typed: BoxFields): Read<Required<Schema<'BoxInput'>>> {
  return whole({
    name: words(typed.name, 80, 'name'),
    zip: /^\d{5}$/.test(typed.zip.trim()) ? typed.zip.trim() : new Wrong('zip'),
    address: words(typed.address, 200, 'address'),
    lat: degrees(typed.lat, 90, 'lat'),
    lng: degrees(typed.lng, 180, 'lng'),
    condition: typed.condition,
    active: typed.active,
  });
}

export function readDish(typed: DishFields): Read<Required<Schema<'MenuItemInput'>>> {
  return whole({
    section: words(typed.section, 80, 'section'),
    name: words(typed.name, 80, 'name'),
    price: won(typed.price),
    active: true, // What is off the menu is no longer shown, so nothing here can be.
  });
}

function whole<Input extends object>(parts: {
  [Key in keyof Input]: Input[Key] | Wrong;
}): Read<Input> {
  const faults: Faults<Input> = {};
  for (const key in parts) {
    const part = parts[key];
    if (part instanceof Wrong) faults[key] = part.fault;
  }
  return isWhole(parts) ? { input: parts } : { faults };
}

function isWhole<Input extends object>(parts: {
  [Key in keyof Input]: Input[Key] | Wrong;
}): parts is Input {
  return Object.values(parts).every((part) => !(part instanceof Wrong));
}

function words(typed: string, most: number, fault: Fault): string | Wrong {
  const text = typed.trim();
  return text && countCodePoints(text) <= most ? text : new Wrong(fault);
}

function degrees(typed: string, most: number, fault: Fault): number | Wrong {
  const number = typed.trim() === '' ? NaN : Number(typed);
  return Math.abs(number) <= most ? number : new Wrong(fault);
}

function won(typed: string): number | Wrong {
  const number = wholeNumber(typed.replaceAll(',', ''));
  return number !== undefined && number <= 100_000_000 ? number : new Wrong('won');
}

function text(number: number | undefined): string {
  return number === undefined ? '' : String(number);
}
