import { Link, Outlet } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import styles from '@/features/account/entry-layout.module.css';
import { Showcase } from '@/features/account/showcase';
import { prefer } from '@/lib/preferences';
import { usePreferences } from '@/lib/use-preferences';
import { Brand } from '@/ui/brand';
import { Button } from '@/ui/button';

/** Around the pages for those who are not signed in: what the app does on one side, the page on the other. */
export function EntryLayout() {
  const { t } = useTranslation();
  const { locale } = usePreferences();
  const other = locale === 'ko' ? 'en' : 'ko';
  return (
    <div className={styles.entry}>
      <header className={styles.head}>
        <Link to="/" className={styles.home}>
          <Brand />
        </Link>
        <Button look="quiet" lang={other} onClick={() => prefer({ locale: other })}>
          {t(`speak.${other}`)}
        </Button>
      </header>
      <main className={styles.main}>
        <Outlet />
      </main>
      <aside className={styles.aside} aria-label={t('showcase')}>
        <Showcase />
      </aside>
    </div>
  );
}
