import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { useDiscoverFilter } from '@/features/rooms/discover-filter';
import styles from '@/features/rooms/discover-pane.module.css';
import buttonStyles from '@/ui/icon-button.module.css';

/** The way to the pages before and after this one; nothing when there is only one. */
export function DiscoverPager({
  page: { page, size, items, ...of },
}: {
  page: Schema<'OpenRoomPage'>;
}) {
  const { t } = useTranslation('discover');
  const { filter } = useDiscoverFilter();
  const last = Math.ceil(of.total / size);
  const more = of.totalIsExact ? page < last : items.length === size;
  if (items.length === 0 || (page === 1 && !more)) return null;
  const arrows = [
    { to: page - 1, there: page > 1, name: t('pages.previous'), Icon: IconChevronLeft },
    { to: page + 1, there: more, name: t('pages.next'), Icon: IconChevronRight },
  ];
  const [previous, next] = arrows.map(({ to, there, name, Icon }) =>
    there ? (
      <Link
        key={name}
        to="/discover"
        search={{ ...filter, page: to > 1 ? to : undefined }}
        aria-label={name}
        data-tip="none"
        className={buttonStyles.button}
      >
        <Icon size={20} stroke={1.75} aria-hidden="true" />
      </Link>
    ) : (
      <span key={name} className={styles.noArrow} />
    ),
  );
  return (
    <nav className={styles.pager} aria-label={t('pages.label')}>
      {previous}
      <span>{of.totalIsExact ? t('pages.of', { page, last }) : t('pages.at', { page })}</span>
      {next}
    </nav>
  );
}
