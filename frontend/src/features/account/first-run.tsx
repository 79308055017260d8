import { IconEyeCheck, IconMessage2Heart, IconPower } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import styles from '@/features/account/first-run.module.css';
import { closeFirstRun, firstRunOffered } from '@/features/account/first-run-offer';
import { useMe } from '@/features/account/queries';
import { useEmotionMode } from '@/features/emotion/queries';
import { Button } from '@/ui/button';
import { Dialog } from '@/ui/dialog';

const cards = [
  { name: 'what', Icon: IconMessage2Heart },
  { name: 'who', Icon: IconEyeCheck },
  { name: 'off', Icon: IconPower },
] as const;

/** Three short cards for somebody who has just come: what a reading is, who sees it, how to switch it off. */
export function FirstRun() {
  const { t } = useTranslation('account');
  const me = useMe();
  const off = useEmotionMode()?.mode === 'off'; // Then there is nothing to explain.
  const [shown, setShown] = useState(() => firstRunOffered(me.id));
  const [step, setStep] = useState(0);
  const card = cards[step];
  if (!shown || !card || off) return null;

  const close = () => {
    closeFirstRun();
    setShown(false);
  };
  const last = step === cards.length - 1;
  return (
    <Dialog
      title={t(`firstRun.${card.name}.title`)}
      onClose={close}
      footer={
        <div className={styles.foot}>
          <p className={styles.step}>
            {t('firstRun.step', { step: step + 1, total: cards.length })}
          </p>
          {!last && (
            <Button look="quiet" onClick={close}>
              {t('firstRun.skip')}
            </Button>
          )}
          <Button look="primary" onClick={() => (last ? close() : setStep(step + 1))}>
            {last ? t('firstRun.done') : t('firstRun.next')}
          </Button>
        </div>
      }
    >
      <div className={styles.card} aria-live="polite">
        <card.Icon size={40} stroke={1.5} className={styles.icon} aria-hidden="true" />
        <p>{t(`firstRun.${card.name}.text`)}</p>
      </div>
    </Dialog>
  );
}
