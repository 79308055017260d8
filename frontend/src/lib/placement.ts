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

/** Where a floating panel goes beside its anchor so that all of it is seen: the other side when the wished one is too small. */
export function placement(anchor: Box, panel: Size, view: Size, wish: Placement) {
  const below = anchor.bottom + GAP;
  const above = anchor.top - GAP - panel.height;
  const fitsBelow = below + panel.height <= view.height - EDGE;
  const fitsAbove = above >= EDGE;
  const top =
    wish.side === 'below'
      ? fitsBelow || !fitsAbove
        ? below
        : above
      : fitsAbove || !fitsBelow
        ? above
        : below;
  const left = wish.align === 'start' ? anchor.left : anchor.right - panel.width;
  return {
    top: within(top, EDGE, view.height - panel.height - EDGE),
    left: within(left, EDGE, view.width - panel.width - EDGE),
  };
}

function within(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(value, most));
}
