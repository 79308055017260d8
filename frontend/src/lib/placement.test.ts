import { describe, expect, it } from 'vitest';
import { placement } from '@/lib/placement';

const view = { width: 400, height: 600 };
const panel = { width: 160, height: 120 };
const at = (left: number, top: number) => ({ left, top, right: left + 40, bottom: top + 40 });

describe('placement', () => {
  it('opens where it is wished when there is room', () => {
    expect(placement(at(20, 100), panel, view, { side: 'below', align: 'start' })).toEqual({
      top: 144,
      left: 20,
    });
    expect(placement(at(300, 300), panel, view, { side: 'above', align: 'end' })).toEqual({
      top: 176,
      left: 180,
    });
  });

  it('turns over at the edge', () => {
    expect(placement(at(20, 540), panel, view, { side: 'below', align: 'start' }).top).toBe(416);
    expect(placement(at(20, 10), panel, view, { side: 'above', align: 'start' }).top).toBe(54);
  });

  it('never leaves the view', () => {
    expect(placement(at(380, 100), panel, view, { side: 'below', align: 'start' }).left).toBe(232);
    expect(placement(at(0, 100), panel, view, { side: 'below', align: 'end' }).left).toBe(8);
    expect(
      placement(at(0, 300), { width: 160, height: 900 }, view, { side: 'below', align: 'start' })
        .top,
    ).toBe(8);
  });
});
