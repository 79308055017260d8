import { IconMapPinOff } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { buttonClass } from '@/ui/button';
import { EmptyState } from '@/ui/empty-state';
import { PageTitle } from '@/ui/page-title';

/** No page has this address. */
export function NotFound() {
  const { t } = useTranslation();
  return (
    <main className="alone">
      <PageTitle name={t('notFound.title')} />
      <EmptyState
        alone
        icon={<IconMapPinOff size={28} stroke={1.5} />}
        title={t('notFound.title')}
        text={t('notFound.text')}
        action={
          <Link to="/" className={buttonClass('primary')}>
            {t('notFound.home')}
          </Link>
        }
      />
    </main>
  );
}
