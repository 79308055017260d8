import { useQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { arrivedQuery, hearOfReads } from '@/features/announcements/queries';
import { alsoSpeak } from '@/i18n/i18n';

// Announcements are rare, so how one looks is no part of the first load.
const NoticeCard = lazy(async () => {
  const [{ NoticeCard }] = await Promise.all([
    import('@/features/announcements/notice-card'),
    alsoSpeak('safety'),
  ]);
  return { default: NoticeCard };
});

/** Says at once that something was announced, and shows the newest that was not put away. */
export function Notices() {
  const { t } = useTranslation();
  const cache = useQueryClient();
  const { data: arrived } = useQuery(arrivedQuery);
  useEffect(() => hearOfReads(cache), [cache]);
  const [newest] = arrived;
  return (
    <>
      <p role="status" className="visually-hidden">
        {newest && t('announced', { title: newest.title })}
      </p>
      {newest && (
        <Suspense>
          <NoticeCard key={newest.id} announcement={newest} more={arrived.length - 1} />
        </Suspense>
      )}
    </>
  );
}
