import { IconFeather, IconLock, IconPower } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Showcase } from '@/features/account/showcase';
import styles from '@/features/account/welcome-page.module.css';
import { buttonClass } from '@/ui/button';
import { PageTitle } from '@/ui/page-title';

const promises = [
  { name: 'hedged', Icon: IconFeather },
  { name: 'yours', Icon: IconLock },
  { name: 'off', Icon: IconPower },
] as const;

/** The first thing a stranger sees. */
export function WelcomePage() {
  const { t } = useTranslation('account');
  return (
    <div className={styles.page}>
      <PageTitle name={t('welcome.page')} />
      <div className={styles.words}>
        <h1 className={styles.title}>{t('welcome.title')}</h1>
        <p className={styles.text}>{t('welcome.text')}</p>
      </div>
      <div className={styles.showcase}>
        <Showcase />
      </div>
      <ul className={styles.promises}>
        {promises.map(({ name, Icon }) => (
          <li key={name} className={styles.promise}>
            <Icon size={20} stroke={1.75} aria-hidden="true" />
            {t(`welcome.promises.${name}`)}
          </li>
        ))}
      </ul>
      <div className={styles.actions}>
        <Link to="/register" className={buttonClass('primary', true)}>
          {t('welcome.register')}
        </Link>
        <Link to="/login" className={buttonClass('plain', true)}>
          {t('welcome.login')}
        </Link>
      </div>
    </div>
  );
}
