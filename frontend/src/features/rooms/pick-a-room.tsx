import { IconMessageCircle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { EmptyState } from '@/ui/empty-state';
import { PageTitle } from '@/ui/page-title';

/** Beside the list of chats while none is chosen. */
export function PickARoom() {
  const { t } = useTranslation('rooms');
  return (
    <>
      <PageTitle name={t('page')} />
      <EmptyState
        icon={<IconMessageCircle size={28} stroke={1.5} />}
        title={t('pick')}
        text={t('pickText')}
      />
    </>
  );
}
