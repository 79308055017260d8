interface Box {
  top: number;
  left: number;
  bottom: number;
  right: number;
}
interface Size {
  width: number;
  height: number;
}

export interface Placement {
  side: 'below' | 'above';
  align: 'start' | 'end';
}

const GAP = 4;
const EDGE = 8;

/** A panel with less room than this beside its anchor covers it, for it could hardly be read. */
const LEAST = 240;

/**
 * Where a floating panel goes beside its anchor so that all of it is seen: the other side when the wished one is too small. What fits on
 * neither side is made lower and scrolls inside, so that its anchor, which it tells about, stays in view.
 */
export function placement(anchor: Box, panel: Size, view: Size, wish: Placement) {
  const room = {
    below: view.height - EDGE - anchor.bottom - GAP,
    above: anchor.top - GAP - EDGE,
  };
  const other = wish.side === 'below' ? 'above' : 'below';
  const sides = [wish.side, other] as const;
  const side =
    sides.find((one) => panel.height <= room[one]) ??
    sides.find((one) => room[one] >= LEAST) ??
    wish.side;
  const whole = view.height - 2 * EDGE;
  const beside = panel.height <= room[side] || room[side] < LEAST ? whole : room[side];
  const height = Math.min(panel.height, beside);
  const top = side === 'below' ? anchor.bottom + GAP : anchor.top - GAP - height;
  const left = wish.align === 'start' ? anchor.left : anchor.right - panel.width;
  return {
    top: within(top, EDGE, view.height - height - EDGE),
    left: within(left, EDGE, view.width - panel.width - EDGE),
    maxHeight: beside,
  };
}

function within(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(value, most));
}
