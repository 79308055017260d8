import { describe, expect, it } from 'vitest';
import { placement } from '@/lib/placement';

const view = { width: 400, height: 600 };
const panel = { width: 160, height: 120 };
const at = (left: number, top: number) => ({ left, top, right: left + 40, bottom: top + 40 });

describe('placement', () => {
  it('opens where it is wished when there is room', () => {
    expect(placement(at(20, 100), panel, view, { side: 'below', align: 'start' })).toMatchObject({
      top: 144,
      left: 20,
    });
    expect(placement(at(300, 300), panel, view, { side: 'above', align: 'end' })).toMatchObject({
      top: 176,
      left: 180,
    });
  });

  it('turns over at the edge', () => {
    expect(placement(at(20, 540), panel, view, { side: 'below', align: 'start' }).top).toBe(416);
    expect(placement(at(20, 10), panel, view, { side: 'above', align: 'start' }).top).toBe(54);
  });

  it('makes what fits on neither side lower, so that the anchor stays in view', () => {
    const tall = { width: 160, height: 500 };
    const below = placement(at(20, 280), tall, view, { side: 'below', align: 'start' });
    expect(below).toMatchObject({ top: 324, maxHeight: 268 });
    const above = placement(at(20, 400), tall, view, { side: 'below', align: 'start' });
    expect(above).toMatchObject({ top: 8, maxHeight: 388 });
  });

  it('covers the anchor where there is next to no room beside it', () => {
    const low = { width: 400, height: 300 };
    const tall = { width: 160, height: 500 };
    const spot = placement(at(20, 130), tall, low, { side: 'below', align: 'start' });
    expect(spot).toMatchObject({ top: 8, maxHeight: 284 });
  });

  it('never leaves the view', () => {
    expect(placement(at(380, 100), panel, view, { side: 'below', align: 'start' }).left).toBe(232);
    expect(placement(at(0, 100), panel, view, { side: 'below', align: 'end' }).left).toBe(8);
    const tall = { width: 160, height: 900 };
    const spot = placement(at(0, 300), tall, view, { side: 'below', align: 'start' });
    expect(spot.top + spot.maxHeight).toBe(592);
  });
});
