import { createContext, use } from 'react';

/** How many things wait to be read; shown before every page's name in the tab. */
export const WaitingContext = createContext(0);

/** The name of the page in the browser's tab and history: "(3) Friends · Emosation". */
export function PageTitle({ name }: { name: string }) {
  const waiting = use(WaitingContext);
  return <title>{`${waiting > 0 ? `(${waiting}) ` : ''}${name} · Emosation`}</title>;
}
