import { IconCheck } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { problemText } from '@/api/problem-text';
import { useMe } from '@/features/account/queries';
import { useSetPhase } from '@/features/rooms/commands';
import styles from '@/features/rooms/phase-stepper.module.css';
import { phases } from '@/features/rooms/phases';
import { Button } from '@/ui/button';
import { ConfirmDialog } from '@/ui/confirm-dialog';
import { useToast } from '@/ui/toast';

interface Props {
  room: Schema<'Room'>;
  phase: Schema<'Phase'>;
}

/** How far the order of a pickup room is; its host takes it on, one step at a time. */
export function PhaseStepper({ room, phase }: Props) {
  const { t } = useTranslation('rooms');
  const me = useMe();
  const at = phases.indexOf(phase);
  const leads = room.host === me.id && room.state === 'open';
  return (
    <>
      <ol className={styles.steps}>
        {phases.map((one, i) => (
          <li
            key={one}
            className={styles.step}
            data-state={i < at ? 'done' : i === at ? 'now' : 'ahead'}
            aria-current={i === at ? 'step' : undefined}
          >
            <span className={styles.mark} aria-hidden="true">
              {i < at ? <IconCheck size={14} stroke={2.5} /> : i + 1}
            </span>
            {t(`phase.${one}`)}
            {i < at && <span className="visually-hidden">({t('steps.done')})</span>}
          </li>
        ))}
      </ol>
      {leads && <NextStep room={room} phase={phase} />}
    </>
  );
}

function NextStep({ room, phase }: Props) {
  const { t } = useTranslation('rooms');
  const say = useToast();
  const setPhase = useSetPhase(room);
  const [asking, setAsking] = useState(false);
  const next = phases[phases.indexOf(phase) + 1];
  if (!next || next === 'CREATED') return null;
  const go = () =>
    setPhase.mutate(next, {
      onError: (error) => say(problemText(error)),
      onSettled: () => setAsking(false),
    });
  // Only the first step shuts somebody out.
  const starts = next === 'ORDER_STARTED';
  return (
    <>
      <Button
        look="primary"
        wide
        busy={setPhase.isPending}
        onClick={starts ? () => setAsking(true) : go}
      >
        {t(`steps.next.${next}`)}
      </Button>
      {asking && (
        <ConfirmDialog
          title={t('steps.startTitle')}
          text={t('steps.startText')}
          action={t('steps.next.ORDER_STARTED')}
          look="primary"
          busy={setPhase.isPending}
          onClose={() => setAsking(false)}
          onConfirm={go}
        />
      )}
    </>
  );
}
