import { useEffect, useId, useRef, useState, type ReactNode, type RefObject } from 'react';
import type { Placement } from '@/lib/placement';
import { Floating } from '@/ui/floating';
import styles from '@/ui/popover.module.css';

/** What the trigger button needs to spread on itself. */
export interface TriggerProps {
  ref: RefObject<HTMLButtonElement | null>;
  'aria-haspopup': 'dialog';
  'aria-expanded': boolean;
  'aria-controls': string | undefined;
  onClick: () => void;
}

interface Props {
  /** The name of what opens. */
  label: string;
  trigger: (props: TriggerProps) => ReactNode;
  children: (close: () => void) => ReactNode;
  wish?: Placement;
  clear?: string;
  /** Told when it opens and closes, for what lights up with it. */
  onOpen?: (open: boolean) => void;
}

const belowStart: Placement = { side: 'below', align: 'start' };

/** A button that opens a small panel with more; the focus goes in and comes back. */
export function Popover({ label, trigger, children, wish = belowStart, clear, onOpen }: Props) {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  const turn = (to: boolean) => {
    setOpen(to);
    onOpen?.(to);
  };
  return (
    <>
      {trigger({
        ref: button,
        'aria-haspopup': 'dialog',
        'aria-expanded': open,
        'aria-controls': open ? id : undefined,
        onClick: () => turn(!open),
      })}
      {open && (
        <Floating anchor={button} onClose={() => turn(false)} wish={wish} clear={clear}>
          <Panel id={id} label={label}>
            {children(() => turn(false))}
          </Panel>
        </Floating>
      )}
    </>
  );
}

function Panel({ id, label, children }: { id: string; label: string; children: ReactNode }) {
  const panel = useRef<HTMLDivElement>(null);
  useEffect(() => panel.current?.focus(), []);
  return (
    <div
      ref={panel}
      id={id}
      role="dialog"
      aria-label={label}
      tabIndex={-1}
      className={styles.panel}
    >
      {children}
    </div>
  );
}
