import styles from '@/ui/brand.module.css';

/** The mark and the name. */
export function Brand() {
  return (
    <span className={styles.brand}>
      <svg viewBox="0 0 32 32" width="26" height="26" aria-hidden="true">
        <path
          className={styles.bubble}
          d="M9 4h14a7 7 0 0 1 7 7v6a7 7 0 0 1-7 7h-8l-6.200 4.600A1.100 1.100 0 0 1 7 27.700V23.700A7 7 0 0 1 2 17v-6a7 7 0 0 1 7-7Z"
        />
        <path
          className={styles.wave}
          d="M8.500 14c2.500-3.500 5-3.500 7.500 0s5 3.500 7.500 0"
          fill="none"
          strokeWidth="2.600"
          strokeLinecap="round"
        />
      </svg>
      Emosation
    </span>
  );
}
