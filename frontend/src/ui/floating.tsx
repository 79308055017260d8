import { useEffect, useLayoutEffect, useRef, type ComponentProps, type RefObject } from 'react';
import { classNames } from '@/lib/class-names';
import { placement, type Placement } from '@/lib/placement';
import styles from '@/ui/floating.module.css';

// Without the platform's popover the panel stands where it is in the page, fixed but not above a dialog.
const popover = 'showPopover' in HTMLElement.prototype ? 'manual' : undefined;

/** The lines around the panel, in pixels. */
const FRAME = 2;

interface Props extends ComponentProps<'div'> {
  anchor: RefObject<HTMLElement | null>;
  onClose: () => void;
  wish: Placement;
  /** Stays in view together with the anchor, if it can: the nearest parent of it that this selects. */
  clear?: string | undefined;
}

/**
 * A panel above everything else, beside its anchor, while it is rendered. It closes on Escape, on a press elsewhere and
 * when the focus moves on; the focus returns to the anchor. The platform's popover puts it above dialogs and
 * clipping parents.
 */
export function Floating({ anchor, onClose, wish, clear, className, ...rest }: Props) {
  const panel = useRef<HTMLDivElement>(null);
  const { side, align } = wish;

  useLayoutEffect(() => {
    const shown = panel.current;
    const beside = anchor.current;
    if (!shown || !beside) return;
    const place = () => {
      const { top, left, bottom, right } = beside.getBoundingClientRect();
      const around = clear ? beside.closest(clear)?.getBoundingClientRect().top : undefined;
      const spot = placement(
        { left, bottom, right, top: Math.min(top, around ?? top) },
        // Its whole height, also of what it has to scroll.
        { width: shown.offsetWidth, height: shown.scrollHeight + FRAME },
        { width: window.innerWidth, height: window.innerHeight },
        { side, align },
      );
      shown.style.maxHeight = `${spot.maxHeight}px`;
      shown.style.top = `${spot.top}px`;
      shown.style.left = `${spot.left}px`;
    };
    if (popover) shown.showPopover();
    place();
    // What is inside may grow. (jsdom lays nothing out, and has no such observer.)
    const grown = 'ResizeObserver' in window ? new ResizeObserver(place) : undefined;
    grown?.observe(shown);
    window.addEventListener('resize', place);
    window.addEventListener('scroll', place, true);
    return () => {
      grown?.disconnect();
      window.removeEventListener('resize', place);
      window.removeEventListener('scroll', place, true);
      if (shown.contains(document.activeElement)) beside.focus();
    };
  }, [anchor, side, align, clear]);

  useEffect(() => {
    const outside = (target: EventTarget | null) =>
      target instanceof Node &&
      !panel.current?.contains(target) &&
      !anchor.current?.contains(target);
    const onPress = (event: Event) => {
      if (outside(event.target)) onClose();
    };
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      event.preventDefault(); // Only this panel closes, not a dialog under it.
      event.stopPropagation();
      onClose();
    };
    document.addEventListener('pointerdown', onPress);
    document.addEventListener('focusin', onPress);
    document.addEventListener('keydown', onKey, true);
    return () => {
      document.removeEventListener('pointerdown', onPress);
      document.removeEventListener('focusin', onPress);
      document.removeEventListener('keydown', onKey, true);
    };
  }, [anchor, onClose]);

  return (
    <div {...rest} ref={panel} popover={popover} className={classNames(styles.panel, className)} />
  );
}
