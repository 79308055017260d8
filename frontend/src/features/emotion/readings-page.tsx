import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { problemText } from '@/api/problem-text';
import { useMe, useUpdateMe } from '@/features/account/queries';
import { KeptReadings } from '@/features/emotion/kept-readings';
import { useEmotionMode, useResetCalibration } from '@/features/emotion/queries';
import styles from '@/features/emotion/readings-page.module.css';
import { prefer } from '@/lib/preferences';
import { usePreferences } from '@/lib/use-preferences';
import { Button } from '@/ui/button';
import { Choice } from '@/ui/choice';
import { DetailPage } from '@/ui/detail-page';
import { Switch } from '@/ui/switch';
import { useToast } from '@/ui/toast';

const EmotionWords = lazy(async () => ({
  default: (await import('@/features/emotion/emotion-words')).EmotionWords,
}));

const shares = ['everyone', 'self', 'off'] as const;

/** Whether my messages are read and who sees it, what I see of readings and how, and what is kept. Each change counts at once. */
export function ReadingsPage() {
  const { t } = useTranslation('emotion');
  const off = useEmotionMode()?.mode === 'off';
  return (
    <DetailPage title={t('mine.title')} back="/me">
      {off ? (
        // What was kept before can still be taken along or forgotten.
        <section className={styles.off}>
          <h2>{t('mine.offTitle')}</h2>
          <p className={styles.note}>{t('mine.offText')}</p>
        </section>
      ) : (
        <Choices />
      )}
      <KeptReadings />
      {!off && <p className={styles.note}>{t('mine.note')}</p>}
    </DetailPage>
  );
}

function Choices() {
  const { t } = useTranslation(['emotion', 'common']);
  const me = useMe();
  const update = useUpdateMe();
  const say = useToast();
  const { literal, preview } = usePreferences();
  const [explained, setExplained] = useState(false);
  const change = (wish: Schema<'UserChange'>) =>
    update.mutate(wish, {
      onSuccess: () => say(t('common:saved')),
      onError: (error) => say(problemText(error)),
    });
  // The wish is shown at once; when it is refused, what is true comes back.
  const shown = update.isPending ? { ...me, ...update.variables } : me;
  return (
    <>
      <Choice
        look="cards"
        label={t('mine.share.question')}
        value={shown.shareReadings}
        options={shares.map((value) => ({
          value,
          label: t(`mine.share.${value}`),
          text: t(`mine.share.${value}Text`),
        }))}
        onChange={(shareReadings) => change({ shareReadings })}
      />
      <div className={styles.part}>
        <Switch
          label={t('mine.show.title')}
          text={t('mine.show.text')}
          checked={shown.showReadings}
          onChange={(showReadings) => change({ showReadings })}
        />
        <Switch
          label={t('mine.preview.title')}
          text={t('mine.preview.text')}
          checked={preview}
          onChange={(wished) => prefer({ preview: wished })}
        />
        <Switch
          label={t('mine.literal.title')}
          text={t('mine.literal.text')}
          checked={literal}
          onChange={(wished) => prefer({ literal: wished })}
        />
        <Button look="quiet" className={styles.link} onClick={() => setExplained(true)}>
          {t('mine.words')}
        </Button>
      </div>
      <div className={styles.part}>
        <Switch
          label={t('mine.calibrate.title')}
          text={t('mine.calibrate.text')}
          checked={shown.calibrateReadings}
          onChange={(calibrateReadings) => change({ calibrateReadings })}
        />
        <Reset />
      </div>
      {explained && (
        <Suspense>
          <EmotionWords onClose={() => setExplained(false)} />
        </Suspense>
      )}
    </>
  );
}

/** Takes back what was learnt, whether anything is learnt from now on or not. */
function Reset() {
  const { t } = useTranslation('emotion');
  const say = useToast();
  const reset = useResetCalibration();
  return (
    <Button
      look="quiet"
      className={styles.link}
      busy={reset.isPending}
      onClick={() =>
        reset.mutate(undefined, {
          onSuccess: () => say(t('mine.resetDone')),
          onError: (error) => say(problemText(error)),
        })
      }
    >
      {t('mine.reset')}
    </Button>
  );
}
