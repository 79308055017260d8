import { useTranslation } from 'react-i18next';
import { problemText } from '@/api/problem-text';
import { useUpdateMe } from '@/features/account/queries';
import { prefer, type Locale } from '@/lib/preferences';
import { usePreferences } from '@/lib/use-preferences';
import { Choice } from '@/ui/choice';
import { DetailPage } from '@/ui/detail-page';
import { useToast } from '@/ui/toast';

/** Light or dark, which stays in this browser, and the language, which follows the account. */
export function AppearancePage() {
  const { t } = useTranslation(['account', 'common']);
  const { theme, locale } = usePreferences();
  const update = useUpdateMe();
  const say = useToast();
  const speakLanguage = (wanted: Locale) => {
    prefer({ locale: wanted });
    update.mutate({ locale: wanted }, { onError: (error) => say(problemText(error)) });
  };
  return (
    <DetailPage title={t('appearance.title')} back="/me">
      <Choice
        label={t('appearance.theme')}
        value={theme}
        options={[
          { value: 'system', label: t('appearance.system') },
          { value: 'light', label: t('appearance.light') },
          { value: 'dark', label: t('appearance.dark') },
        ]}
        onChange={(wanted) => prefer({ theme: wanted })}
      />
      <Choice
        label={t('appearance.language')}
        value={locale}
        options={[
          { value: 'ko', label: t('common:speak.ko') },
          { value: 'en', label: t('common:speak.en') },
        ]}
        onChange={speakLanguage}
      />
    </DetailPage>
  );
}
