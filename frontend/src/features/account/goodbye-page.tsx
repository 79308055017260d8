import { IconDoorExit } from '@tabler/icons-react';
import { Link, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { EndNote } from '@/features/account/end-note';
import { calendarDay } from '@/lib/moment';
import { usePreferences } from '@/lib/use-preferences';

/** What somebody sees who has deleted their account: until when it can be brought back. */
export function GoodbyePage() {
  const { t } = useTranslation('safety');
  const { locale } = usePreferences();
  const { until } = useSearch({ from: '/open/goodbye' });
  const date = until && calendarDay(new Date(until), new Date(), locale);
  return (
    <EndNote
      page={t('goodbye.page')}
      icon={<IconDoorExit size={28} stroke={1.5} />}
      title={t('goodbye.title')}
      text={[t('goodbye.text'), date && t('goodbye.until', { date })].filter(Boolean).join('\n')}
      action={<Link to="/">{t('goodbye.home')}</Link>}
    />
  );
}
