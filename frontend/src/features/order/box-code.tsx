import { useTranslation } from 'react-i18next';
import { problemText } from '@/api/problem-text';
import styles from '@/features/order/box-code.module.css';
import { useBoxCode } from '@/features/order/queries';
import { Button } from '@/ui/button';

/** My code for the box, shown on demand. Hiding it forgets it; the next one is new. */
export function BoxCode({ roomId }: { roomId: number }) {
  const { t } = useTranslation('order');
  const code = useBoxCode(roomId);
  return (
    <div className={styles.box}>
      <div role="status">{code.data && <Digits code={code.data.code} />}</div>
      <p className={styles.note}>{t('box.once')}</p>
      {code.error && (
        <p role="alert" className={styles.failed}>
          {t('box.failed', { why: problemText(code.error) })}
        </p>
      )}
      <div className={styles.buttons}>
        <Button
          look={code.data ? 'plain' : 'primary'}
          busy={code.isPending}
          onClick={() => code.mutate()}
        >
          {t(code.data ? 'box.fresh' : 'box.show')}
        </Button>
        {code.data && <Button onClick={() => code.reset()}>{t('box.hide')}</Button>}
      </div>
    </div>
  );
}

/** The digits in two groups for the eye, and one by one for the ear: a code is no number. */
function Digits({ code }: { code: string }) {
  const { t } = useTranslation('order');
  const half = Math.ceil(code.length / 2);
  return (
    <p>
      <span className={styles.label}>{t('box.yours')} </span>
      <span className="visually-hidden">{[...code].join(', ')}</span>
      <span className={styles.digits} aria-hidden="true">
        <span>{code.slice(0, half)}</span>
        <span>{code.slice(half)}</span>
      </span>
    </p>
  );
}
