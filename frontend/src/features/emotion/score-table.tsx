import type { CSSProperties } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { EmotionIcon } from '@/features/emotion/emotion-icon';
import ink from '@/features/emotion/ink.module.css';
import styles from '@/features/emotion/score-table.module.css';
import { sureness } from '@/features/emotion/words';
import { usePreferences } from '@/lib/use-preferences';

interface Props {
  scores: readonly Schema<'Score'>[];
  /** None of them was likely enough. */
  unclear: boolean;
}

/** The likeliest labels, as bars for the eye, and as words and numbers for everybody. */
export function ScoreTable({ scores, unclear }: Props) {
  const { t } = useTranslation('emotion');
  const { locale } = usePreferences();
  const percent = new Intl.NumberFormat(locale, { style: 'percent' });
  // A guess is never certain, and what is next to nothing needs no row.
  const rows = scores.filter(({ score }, i) => i === 0 || score >= 0.01);
  return (
    <table className={styles.table}>
      <caption className={unclear ? styles.caption : 'visually-hidden'}>
        {t(unclear ? 'why.closest' : 'why.table')}
      </caption>
      <thead className="visually-hidden">
        <tr>
          <th scope="col">{t('why.feeling')}</th>
          <th scope="col">{t('why.share')}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ label, score }) => {
          const share: CSSProperties & { '--share': number } = { '--share': score };
          return (
            <tr key={label} data-label={label} className={ink.ink}>
              <th scope="row" className={styles.label}>
                <EmotionIcon of={label} size={16} />
                {t(`label.${label}`)}
              </th>
              <td className={styles.share}>
                <span className={styles.line}>
                  <span className={styles.rail} aria-hidden="true">
                    <span className={styles.bar} style={share} />
                  </span>
                  <span className={styles.number}>{percent.format(Math.min(score, 0.99))}</span>
                </span>
                <span className={styles.words}>{t(`sure.${sureness(score)}`)}</span>
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
