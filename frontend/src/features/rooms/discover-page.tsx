import { IconCompass } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { buttonClass } from '@/ui/button';
import { EmptyState } from '@/ui/empty-state';
import { PageTitle } from '@/ui/page-title';

/** Beside the list of open rooms. */
export function DiscoverPage() {
  const { t } = useTranslation('discover');
  return (
    <>
      <PageTitle name={t('page')} />
      <EmptyState
        icon={<IconCompass size={28} stroke={1.5} />}
        title={t('welcome.title')}
        text={t('welcome.text')}
        action={
          <Link to="/rooms/new" className={buttonClass('primary')}>
            {t('create')}
          </Link>
        }
      />
    </>
  );
}
