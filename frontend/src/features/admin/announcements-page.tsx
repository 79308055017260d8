import { IconPlus, IconSpeakerphone } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { personName } from '@/api/person-name';
import styles from '@/features/admin/admin.module.css';
import { EditAnnouncement, NewAnnouncement } from '@/features/admin/announcement-form';
import { adminAnnouncementsQuery, useWithdraw } from '@/features/admin/announcement-queries';
import card from '@/features/admin/announcements-page.module.css';
import { Loaded } from '@/features/admin/loaded';
import { dayAndTime } from '@/features/admin/moments';
import { Pager } from '@/features/admin/pager';
import { useSayAdminProblem } from '@/features/admin/problem';
import { useCursorPages } from '@/features/admin/use-cursor-pages';
import { usePreferences } from '@/lib/use-preferences';
import { Button } from '@/ui/button';
import { ConfirmDialog } from '@/ui/confirm-dialog';
import { DetailPage } from '@/ui/detail-page';
import { EmptyState } from '@/ui/empty-state';
import { useToast } from '@/ui/toast';

type Announcement = Schema<'AdminAnnouncement'>;

/** What was and will be announced, to whom, and who read it. */
export function AnnouncementsPage() {
  const { t } = useTranslation('admin');
  const pages = useCursorPages(['announcements']);
  const announcements = useQuery(adminAnnouncementsQuery(pages.cursor));
  const [adding, setAdding] = useState(false);
  return (
    <DetailPage wide title={t('announcements.title')} back="/admin">
      <div>
        <Button
          look="primary"
          icon={<IconPlus size={18} stroke={1.75} aria-hidden="true" />}
          onClick={() => setAdding(true)}
        >
          {t('announcements.add')}
        </Button>
      </div>
      <Loaded query={announcements} rows={3}>
        {({ items, next }) => (
          <>
            {items.length === 0 ? (
              <EmptyState
                icon={<IconSpeakerphone size={28} stroke={1.5} />}
                title={t('announcements.empty')}
                text={t('announcements.emptyText')}
              />
            ) : (
              <ul
                aria-label={t('announcements.list')}
                aria-busy={announcements.isPlaceholderData}
                className={card.list}
              >
                {items.map((one) => (
                  <Card key={one.id} announcement={one} />
                ))}
              </ul>
            )}
            <Pager page={pages.page} onBack={pages.back} onForward={pages.forward(next)} />
          </>
        )}
      </Loaded>
      {adding && <NewAnnouncement onClose={() => setAdding(false)} />}
    </DetailPage>
  );
}

const tones = { scheduled: 'accent', published: 'plain', withdrawn: 'soft' } as const;

function Card({ announcement }: { announcement: Announcement }) {
  const { t } = useTranslation('admin');
  const { locale } = usePreferences();
  const [open, setOpen] = useState<'edit' | 'withdraw'>();
  const close = () => setOpen(undefined);
  const { title, body, audience, state, publishAt, createdBy, delivered, read } = announcement;
  const when = dayAndTime(publishAt, locale);
  const count = new Intl.NumberFormat(locale);
  const forWhom = [
    audience.role
      ? t(audience.role === 'user' ? 'announcements.onlyUsers' : 'announcements.onlyAdmins')
      : t('announcements.everybody'),
    ...(audience.locale
      ? [t(audience.locale === 'ko' ? 'announcements.onlyKo' : 'announcements.onlyEn')]
      : []),
  ];
  return (
    <li className={card.card}>
      <div className={styles.between}>
        <h2 className={styles.heading}>{title}</h2>
        <span className={styles.mark} data-tone={tones[state]}>
          {t(`announcements.state.${state}`)}
        </span>
      </div>
      <p className={card.body}>{body}</p>
      <p className={styles.note}>
        {[
          t(state === 'scheduled' ? 'announcements.goesOut' : 'announcements.wentOut', { when }),
          ...forWhom,
          t('announcements.by', { name: personName(createdBy) }),
        ].join(' · ')}
      </p>
      {state !== 'scheduled' && (
        <p>
          {t('announcements.counts', {
            delivered: count.format(delivered),
            read: count.format(read),
          })}
        </p>
      )}
      {state !== 'withdrawn' && (
        <div className={styles.buttons}>
          {state === 'scheduled' && (
            <Button aria-label={t('announcements.edit', { title })} onClick={() => setOpen('edit')}>
              {t('announcements.editThis')}
            </Button>
          )}
          <Button
            aria-label={t('announcements.withdrawThis', { title })}
            onClick={() => setOpen('withdraw')}
          >
            {t('announcements.withdraw')}
          </Button>
        </div>
      )}
      {open === 'edit' && <EditAnnouncement announcement={announcement} onClose={close} />}
      {open === 'withdraw' && <Withdraw announcement={announcement} onClose={close} />}
    </li>
  );
}

function Withdraw({ announcement, onClose }: { announcement: Announcement; onClose: () => void }) {
  const { t } = useTranslation('admin');
  const withdraw = useWithdraw();
  const say = useToast();
  const sayProblem = useSayAdminProblem();
  const scheduled = announcement.state === 'scheduled';
  return (
    <ConfirmDialog
      title={t('announcements.withdrawTitle')}
      text={t(scheduled ? 'announcements.withdrawScheduled' : 'announcements.withdrawPublished')}
      action={t('announcements.withdraw')}
      busy={withdraw.isPending}
      onClose={onClose}
      onConfirm={() =>
        withdraw.mutate(announcement.id, {
          onSuccess: () => say(t('announcements.withdrawn')),
          onError: sayProblem,
          onSettled: onClose,
        })
      }
    />
  );
}
