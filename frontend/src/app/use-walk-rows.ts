import { useRef, type KeyboardEvent, type RefObject } from 'react';

const steps: Partial<Record<string, 1 | -1>> = { ArrowDown: 1, ArrowUp: -1 };

/** The arrow keys lead from a field to the rows below it, from row to row, and back; Escape in a row leads back at once. */
export function useWalkRows(field: RefObject<HTMLInputElement | null>) {
  const list = useRef<Element | null>(null);
  const rows = () => [...(list.current?.querySelectorAll<HTMLElement>('li > a') ?? [])];

  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    list.current = event.currentTarget;
    const { target, key } = event;
    if (event.defaultPrevented || event.nativeEvent.isComposing) return;
    if (event.altKey || event.ctrlKey || event.metaKey || !(target instanceof HTMLElement)) return;
    const at = target === field.current ? -1 : rows().indexOf(target);
    if (at < 0 && target !== field.current) return;
    const step = steps[key];
    const to = key === 'Escape' && at >= 0 ? -1 : step && at + step;
    if (to === undefined || to < -1) return;
    event.preventDefault();
    if (to < 0) field.current?.focus();
    else rows()[to]?.focus();
  };
  return {
    onKeyDown,
    /** From the field to the first row, if there is one. */
    toFirst: () => rows()[0]?.focus(),
  };
}
