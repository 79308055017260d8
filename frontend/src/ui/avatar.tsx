import { IconUser } from '@tabler/icons-react';
import type { CSSProperties } from 'react';
import { classNames } from '@/lib/class-names';
import styles from '@/ui/avatar.module.css';

interface Props {
  id: number;
  name: string;
  /** Somebody who has left: nothing of them is shown, nor a colour of theirs. */
  gone?: boolean;
  size?: 'small' | 'medium' | 'large';
  /** What the dot says ("Online"); no dot without it. */
  dot?: string | undefined;
}

// Hues apart enough to tell neighbours from each other; the tokens keep lightness, so contrast is the same for all.
const hues = [165, 40, 300, 230, 100, 10, 265, 70];

/** Initials on a colour that belongs to the id. The name is expected to stand beside it, so it is not read out. */
export function Avatar({ id, name, gone, size = 'medium', dot }: Props) {
  const style: CSSProperties & { '--hue': number } = { '--hue': hues[id % hues.length] ?? 0 };
  return (
    <span
      className={classNames(styles.avatar, styles[size], gone && styles.gone)}
      style={gone ? undefined : style}
    >
      {gone ? (
        <IconUser aria-hidden="true" className={styles.nobody} stroke={1.75} />
      ) : (
        <span aria-hidden="true">{initials(name)}</span>
      )}
      {dot && <span className={styles.dot} role="img" aria-label={dot} />}
    </span>
  );
}

/** Two letters at most: "Ben Kim" → "BK", "민지" → "민지", "남궁민수" → "민수" as Koreans shorten it. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const first = [...(words[0] ?? '')];
  if (/^[가-힣]/.test(name)) return first.slice(-2).join('');
  const last = words.length > 1 ? ([...(words.at(-1) ?? '')][0] ?? '') : '';
  return ((first[0] ?? '') + last).toUpperCase();
}
