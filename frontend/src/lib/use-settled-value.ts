import { useEffect, useState } from 'react';

/** The value once it has stood still for so many milliseconds. */
export function useSettledValue<T>(value: T, calmMs: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), calmMs);
    return () => clearTimeout(timer);
  }, [value, calmMs]);
  return settled;
}
