import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { AreaSearch } from '@/features/booking/area-search';
import { useAreaName } from '@/features/booking/use-area-name';
import { Button } from '@/ui/button';
import { OpenerChip } from '@/ui/chip';
import { Dialog } from '@/ui/dialog';

interface Props {
  zip: string | undefined;
  onChange: (zip: string | undefined) => void;
}

/** Narrows a list to one neighbourhood, or shows all of them. */
export function AreaFilter({ zip, onChange }: Props) {
  const { t } = useTranslation('booking');
  const [choosing, setChoosing] = useState(false);
  const { name } = useAreaName(zip ?? '');
  const change = (to: string | undefined) => {
    setChoosing(false);
    onChange(to);
  };
  return (
    <>
      <OpenerChip
        label={zip ? name : t('area.everywhere')}
        on={zip !== undefined}
        onClick={() => setChoosing(true)}
      />
      {choosing && (
        <Dialog
          title={t('area.choose')}
          onClose={() => setChoosing(false)}
          footer={zip && <Button onClick={() => change(undefined)}>{t('area.everywhere')}</Button>}
        >
          <AreaSearch onChoose={change} />
        </Dialog>
      )}
    </>
  );
}
