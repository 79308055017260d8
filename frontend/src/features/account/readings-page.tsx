import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { problemText } from '@/api/problem-text';
import { useMe, useUpdateMe } from '@/features/account/queries';
import styles from '@/features/account/settings.module.css';
import { Choice } from '@/ui/choice';
import { DetailPage } from '@/ui/detail-page';
import { Switch } from '@/ui/switch';
import { useToast } from '@/ui/toast';

const shares = ['everyone', 'self', 'off'] as const;

/** Whether my messages are read, who sees it, and whether I see readings at all. Each change counts at once. */
export function ReadingsPage() {
  const { t } = useTranslation(['account', 'common']);
  const me = useMe();
  const update = useUpdateMe();
  const say = useToast();
  const change = (wish: Schema<'UserChange'>) =>
    update.mutate(wish, {
      onSuccess: () => say(t('common:saved')),
      onError: (error) => say(problemText(error)),
    });
  // The wish is shown at once; when it is refused, what is true comes back.
  const shown = update.isPending ? { ...me, ...update.variables } : me;
  return (
    <DetailPage title={t('readings.title')} back="/me">
      <Choice
        look="cards"
        label={t('readings.share.question')}
        value={shown.shareReadings}
        options={shares.map((value) => ({
          value,
          label: t(`readings.share.${value}`),
          text: t(`readings.share.${value}Text`),
        }))}
        onChange={(shareReadings) => change({ shareReadings })}
      />
      <div className={styles.line}>
        <Switch
          label={t('readings.show.title')}
          text={t('readings.show.text')}
          checked={shown.showReadings}
          onChange={(showReadings) => change({ showReadings })}
        />
      </div>
      <p className={styles.note}>{t('readings.note')}</p>
    </DetailPage>
  );
}
