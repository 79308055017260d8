import styles from '@/ui/badge.module.css';

interface Props {
  count: number;
  /** What is counted, for those who hear it: "3 unread messages". */
  label: string;
}

/** A number that asks to be looked at; nothing at zero. */
export function Badge({ count, label }: Props) {
  if (count <= 0) return null;
  return (
    <span className={styles.badge}>
      <span aria-hidden="true">{count > 999 ? '999+' : count}</span>
      <span className="visually-hidden">{label}</span>
    </span>
  );
}
