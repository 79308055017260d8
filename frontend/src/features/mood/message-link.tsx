import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

interface Props {
  roomId: number;
  seq: number;
  /** Its name, where what it shows is too short for one. */
  label?: string;
  className: string | undefined;
  onGo: () => void;
  children: ReactNode;
}

/** Leads to a message of a conversation, and there once more when it is chosen again. */
export function MessageLink({ roomId, seq, label, className, onGo, children }: Props) {
  return (
    <Link
      to="/rooms/$roomId"
      params={{ roomId }}
      search={(before) => ({ ...before, at: seq })}
      state={() => ({ found: Date.now() })}
      aria-label={label}
      className={className}
      onClick={onGo}
    >
      {children}
    </Link>
  );
}
