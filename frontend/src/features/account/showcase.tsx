import { IconDroplet, IconSun } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import styles from '@/features/account/showcase.module.css';
import { classNames } from '@/lib/class-names';
import { Avatar } from '@/ui/avatar';

/** A short conversation as the app would show it. */
export function Showcase() {
  const { t } = useTranslation('account');
  return (
    <figure className={styles.figure}>
      <figcaption className={styles.caption}>{t('welcome.sample.caption')}</figcaption>
      <div className={styles.talk}>
        <Bubble own text={t('welcome.sample.asked')} />
        <div className={styles.other}>
          <Avatar id={8} name={t('welcome.sample.friend')} size="small" />
          <Bubble text={t('welcome.sample.answered')}>
            <span className={classNames(styles.chip, styles.sadness)}>
              <IconDroplet size={14} stroke={2} aria-hidden="true" />
              <b>{t('welcome.sample.reading')}</b> · {t('welcome.sample.sure')}
            </span>
            <span className={styles.why}>{t('welcome.sample.why')}</span>
          </Bubble>
        </div>
        <Bubble own text={t('welcome.sample.replied')}>
          <span className={classNames(styles.chip, styles.joy)}>
            <IconSun size={14} stroke={2} aria-hidden="true" />
            <b>{t('welcome.sample.joy')}</b> · {t('welcome.sample.fairly')}
          </span>
        </Bubble>
      </div>
    </figure>
  );
}

function Bubble({ own, text, children }: { own?: boolean; text: string; children?: ReactNode }) {
  return (
    <div className={classNames(styles.message, own && styles.own)}>
      <p className={styles.bubble}>{text}</p>
      {children}
    </div>
  );
}
