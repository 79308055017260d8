import { Link } from '@tanstack/react-router';
import type { ComponentProps } from 'react';
import { useTranslation } from 'react-i18next';
import { seatsOf, type Draft, type DraftFaults } from '@/features/rooms/create-draft';
import type { Step } from '@/features/rooms/create-steps';
import styles from '@/features/rooms/create-details.module.css';
import { CreateStep } from '@/features/rooms/create-step';
import { buttonClass } from '@/ui/button';
import { NumberField } from '@/ui/number-field';
import { PasswordField } from '@/ui/password-field';
import { TextField } from '@/ui/text-field';

interface Props extends Omit<ComponentProps<typeof CreateStep>, 'children' | 'submit'> {
  faults: DraftFaults;
  onChange: (change: Partial<Draft>) => void;
}

/** The last step: what the room is called, who fits in, and who may. */
export function CreateDetails({ faults, onChange, ...step }: Props) {
  const { t } = useTranslation('discover');
  const { draft, busy } = step;
  const { least, usual, most, suggested } = seatsOf[draft.kind ?? 'plain'];
  return (
    <CreateStep {...step} submit={t(busy ? 'new.details.busy' : 'new.details.create')}>
      <Summary draft={draft} />
      <TextField
        label={t('new.details.name')}
        hint={t('new.details.nameHint')}
        name="title"
        autoComplete="off"
        value={draft.title}
        error={faults.title && t(`new.faults.${faults.title}`)}
        onChange={(event) => onChange({ title: event.target.value })}
      />
      <NumberField
        label={t('new.details.seats')}
        hint={t('new.details.seatsHint', { least, most: usual })}
        name="seats"
        least={least}
        most={most}
        less={t('new.details.less')}
        more={t('new.details.more')}
        value={draft.seats ?? suggested}
        error={faults.seats && t(`new.faults.${faults.seats}`, { least, most: usual })}
        onChange={(seats) => onChange({ seats })}
      />
      <PasswordField
        label={t('new.details.password')}
        hint={t('new.details.passwordHint')}
        name="room-password"
        autoComplete="off"
        value={draft.password}
        error={faults.password && t(`new.faults.${faults.password}`)}
        onChange={(event) => onChange({ password: event.target.value })}
      />
    </CreateStep>
  );
}

/** What the steps before chose, each with the way back to it. */
function Summary({ draft: { kind, box, store } }: { draft: Draft }) {
  const { t } = useTranslation(['discover', 'booking']);
  const rows: { step: Step; name: string; value: string | undefined }[] = [
    { step: 'kind', name: t('new.kind.label'), value: kind && t(`new.kind.${kind}`) },
    { step: 'box', name: t('room.box'), value: kind === 'pickup' ? box?.name : undefined },
    { step: 'store', name: t('room.store'), value: kind === 'pickup' ? store?.name : undefined },
  ];
  return (
    <section aria-label={t('new.details.summary')}>
      <dl className={styles.summary}>
        {rows.map(
          ({ step, name, value }) =>
            value && (
              <div key={step} className={styles.row}>
                <dt>{name}</dt>
                <dd>
                  {value}
                  <Link
                    to="/rooms/new"
                    search={{ step }}
                    className={buttonClass('quiet')}
                    aria-label={t('new.details.change', { what: name })}
                  >
                    {t('booking:area.change')}
                  </Link>
                </dd>
              </div>
            ),
        )}
      </dl>
    </section>
  );
}
