import { usePreferences } from '@/lib/use-preferences';
import { won } from '@/lib/won';

/** Writes an amount of won in the reader's language. */
export function useWon(): (amount: number) => string {
  const { locale } = usePreferences();
  return (amount) => won(amount, locale);
}
