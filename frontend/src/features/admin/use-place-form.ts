import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Fault, Faults } from '@/features/admin/place-fields';

/** A form of a place: what is typed, and in words what is not right with it. */
export function usePlaceForm<Fields extends object>(initial: Fields) {
  const { t } = useTranslation('admin');
  const [typed, setTyped] = useState(initial);
  const [faults, setFaults] = useState<Faults<Fields>>({});
  const said = (fault: Fault | undefined) => fault && t(`places.faults.${fault}`);
  return {
    typed,
    setFaults,
    change: <Key extends keyof Fields>(key: Key, value: Fields[Key]) => {
      setTyped({ ...typed, [key]: value });
      setFaults({ ...faults, [key]: undefined });
    },
    /** What a text field of the form needs. */
    field: <Key extends keyof Fields & string>(key: Key) => ({
      name: key,
      autoComplete: 'off',
      value: String(typed[key]),
      error: said(faults[key]),
    }),
    error: (key: keyof Fields) => said(faults[key]),
  };
}
