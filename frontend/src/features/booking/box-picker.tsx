import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { problemText } from '@/api/problem-text';
import { AreaSearch } from '@/features/booking/area-search';
import styles from '@/features/booking/picker.module.css';
import { boxesQuery } from '@/features/booking/queries';
import { useAreaName } from '@/features/booking/use-area-name';
import { Button } from '@/ui/button';
import { Choice } from '@/ui/choice';
import { EmptyState } from '@/ui/empty-state';
import { ErrorState } from '@/ui/error-state';
import { SkeletonRows } from '@/ui/skeleton';

type Box = Schema<'Box'>;

interface Props {
  /** Where to look; undefined until a neighbourhood is chosen. */
  zip: string | undefined;
  box: Schema<'BoxSummary'> | undefined;
  onZip: (zip: string) => void;
  onBox: (box: Schema<'BoxSummary'>) => void;
}

/** First a neighbourhood, then one of its boxes. Those that cannot be booked are shown and say why. */
export function BoxPicker({ zip, box, onZip, onBox }: Props) {
  const [elsewhere, setElsewhere] = useState(false);
  if (!zip || elsewhere) {
    return (
      <AreaSearch
        onChoose={(chosen) => {
          setElsewhere(false);
          if (chosen !== zip) onZip(chosen);
        }}
      />
    );
  }
  return (
    <>
      <Where zip={zip} onChange={() => setElsewhere(true)} />
      <Boxes zip={zip} box={box} onBox={onBox} />
    </>
  );
}

function Where({ zip, onChange }: { zip: string; onChange: () => void }) {
  const { t } = useTranslation('booking');
  const { name, where } = useAreaName(zip);
  return (
    <div className={styles.where}>
      <p>
        <span className="visually-hidden">{t('area.chosen')}: </span>
        <span className={styles.name}>{name}</span> <span className={styles.soft}>{where}</span>
      </p>
      <Button onClick={onChange} aria-label={`${t('area.change')}: ${t('area.chosen')}`}>
        {t('area.change')}
      </Button>
    </div>
  );
}

function Boxes({ zip, box, onBox }: Omit<Props, 'onZip'> & { zip: string }) {
  const { t } = useTranslation(['booking', 'problems']);
  const boxes = useQuery(boxesQuery(zip));
  if (boxes.isPending) return <SkeletonRows rows={3} />;
  if (!boxes.data) {
    return (
      <ErrorState
        title={t('problems:title')}
        text={problemText(boxes.error)}
        onRetry={() => void boxes.refetch()}
      />
    );
  }
  if (boxes.data.length === 0) {
    return <EmptyState title={t('box.none')} text={t('box.noneText')} />;
  }
  const free = boxes.data.filter(isFree).length;
  return (
    <Choice
      label={t('box.label')}
      hint={free > 0 ? t('box.free', { count: free }) : t('box.noneFree')}
      look="cards"
      options={boxes.data.map((one) => ({
        value: String(one.id),
        label: one.name,
        text: one.address,
        disabled: !isFree(one),
        note: isFree(one)
          ? undefined
          : t(`box.${one.condition === 'ok' ? 'booked' : one.condition}`),
      }))}
      value={box && String(box.id)}
      onChange={(id) => {
        const chosen = boxes.data.find((one) => String(one.id) === id);
        if (chosen) onBox(chosen);
      }}
    />
  );
}

function isFree({ booked, condition }: Box): boolean {
  return !booked && condition === 'ok';
}
