import styles from '@/features/rooms/join-notice.module.css';

/** Why something about a room was refused; read out when it appears. */
export function JoinNotice({ text }: { text: string | undefined }) {
  return (
    <div role="alert" className={styles.place}>
      {text && <p className={styles.notice}>{text}</p>}
    </div>
  );
}
