import styles from '@/ui/badge.module.css';

interface Props {
  count: number;
  /** What is counted, for those who hear it: "3 unread messages". */
  label: string;
  /** The highest number that fits; more is shown as "99+". */
  most?: number;
}

/** A number that asks to be looked at; nothing at zero. */
export function Badge({ count, label, most = 999 }: Props) {
  if (count <= 0) return null;
  return (
    <span className={styles.badge}>
      <span aria-hidden="true">{count > most ? `${most}+` : count}</span>
      <span className="visually-hidden">{label}</span>
    </span>
  );
}
