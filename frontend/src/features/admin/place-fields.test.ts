import { describe, expect, it } from 'vitest';
import {
  boxFields,
  readBox,
  readDish,
  readStore,
  storeFields,
} from '@/features/admin/place-fields';

const box = {
  ...boxFields(undefined),
  name: 'Box',
  zip: '90101',
  address: 'Moon',
  lat: '1',
  lng: '2',
};

describe('what is typed of a place', () => {
  it('is nothing to begin with, and all of it is missed', () => {
    expect(readStore(storeFields(undefined))).toEqual({
      faults: {
        ...{ name: 'name', category: 'category', address: 'address', lat: 'lat', lng: 'lng' },
        ...{ minOrder: 'won', deliveryFee: 'won' },
      },
    });
  });

  it('becomes what the server takes', () => {
    expect(readBox({ ...box, name: ' Box ', lat: ' -37.25 ', active: false })).toEqual({
      input: {
        ...{ name: 'Box', zip: '90101', address: 'Moon', lat: -37.25, lng: 2 },
        ...{ condition: 'ok', active: false },
      },
    });
  });

  it.each([
    [{ lat: '90.1' }, { lat: 'lat' }],
    [{ lng: 'east' }, { lng: 'lng' }],
    [{ lng: '' }, { lng: 'lng' }],
    [{ zip: '9010' }, { zip: 'zip' }],
    [{ name: '한'.repeat(81) }, { name: 'name' }],
    [{ address: '  ' }, { address: 'address' }],
  ])('that is not right is named: %j', (typed, faults) => {
    expect(readBox({ ...box, ...typed })).toEqual({ faults });
  });

  it.each([
    ['9,500', 9500],
    ['0', 0],
    ['100000000', 100_000_000],
    ['100000001', undefined],
    ['9.5', undefined],
    ['', undefined],
  ])('reads the price %j', (price, won) => {
    const read = readDish({ section: 'Soups', name: '😀'.repeat(80), price });
    expect('input' in read ? read.input.price : undefined).toBe(won);
  });
});
