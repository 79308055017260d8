import { useTranslation } from 'react-i18next';
import { ExportData } from '@/features/account/export-data';
import { LeaveAccount } from '@/features/account/leave-account';
import { ProofProvider } from '@/features/account/reauthenticate';
import { DetailPage } from '@/ui/detail-page';

/** All that is kept about me, to take along; and the way out for good, after that. */
export function DataPage() {
  const { t } = useTranslation('safety');
  return (
    <DetailPage title={t('data.title')} back="/me">
      <ProofProvider>
        <ExportData />
        <LeaveAccount />
      </ProofProvider>
    </DetailPage>
  );
}
