import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { problemText } from '@/api/problem-text';
import { EmailState } from '@/features/account/email-state';
import { nicknameIsRight } from '@/features/account/field-rules';
import { useMe, useUpdateMe } from '@/features/account/queries';
import styles from '@/features/account/settings.module.css';
import { calendarDay } from '@/lib/moment';
import { usePreferences } from '@/lib/use-preferences';
import { Button } from '@/ui/button';
import { DetailPage } from '@/ui/detail-page';
import { TextField } from '@/ui/text-field';
import { useToast } from '@/ui/toast';

/** My name, and what is known of me here. */
export function ProfilePage() {
  const { t } = useTranslation(['account', 'common']);
  const { locale } = usePreferences();
  const me = useMe();
  const update = useUpdateMe();
  const say = useToast();
  const [nickname, setNickname] = useState(me.nickname);
  const [refused, setRefused] = useState(false);

  const save = () => {
    setRefused(!nicknameIsRight(nickname));
    if (!nicknameIsRight(nickname)) return;
    update.mutate(
      { nickname: nickname.trim() },
      {
        onSuccess: () => say(t('common:saved')),
        onError: (error) => say(problemText(error)),
      },
    );
  };
  return (
    <DetailPage title={t('profile.title')} back="/me">
      <form
        noValidate
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <TextField
          label={t('profile.nickname')}
          autoComplete="nickname"
          value={nickname}
          error={refused ? t('fields.nickname') : undefined}
          onChange={(event) => {
            setNickname(event.target.value);
            setRefused(false);
          }}
        />
        <Button
          type="submit"
          look="primary"
          busy={update.isPending}
          disabled={nickname.trim() === me.nickname && !update.isPending}
        >
          {update.isPending ? t('common:saving') : t('common:save')}
        </Button>
      </form>
      <dl className={styles.facts}>
        <div>
          <dt>{t('profile.email')}</dt>
          <dd>{me.email}</dd>
          <dd className={styles.note}>{t('profile.emailHint')}</dd>
          <dd>
            <EmailState />
          </dd>
        </div>
      </dl>
      <p className={styles.note}>
        {t('profile.since', { date: calendarDay(new Date(me.createdAt), new Date(), locale) })}
      </p>
    </DetailPage>
  );
}
