import { Navigate, useNavigate, useSearch } from '@tanstack/react-router';
import { useState, type ComponentType } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { Problem } from '@/api/problem';
import { problemText } from '@/api/problem-text';
import { CreateDetails } from '@/features/rooms/create-details';
import {
  anyFault,
  draftFaults,
  newRoomOf,
  reachable,
  refusalOf,
  stepsOf,
  type Draft,
  type DraftFaults,
  type Refusal,
} from '@/features/rooms/create-draft';
import { CreateStep } from '@/features/rooms/create-step';
import { useCreateRoom } from '@/features/rooms/discover-queries';
import { preferences } from '@/lib/preferences';
import { newClientId } from '@/realtime/client-id';
import { Choice } from '@/ui/choice';

type Box = Schema<'BoxSummary'>;
type Store = Schema<'StoreSummary'>;

/** Where to pick up and where to order: places are another feature's, so the ways to choose them are given from outside. */
export interface Pickers {
  BoxPicker: ComponentType<{
    zip: string | undefined;
    box: Box | undefined;
    onZip: (zip: string) => void;
    onBox: (box: Box) => void;
  }>;
  StorePicker: ComponentType<{
    near: { lat: number; lng: number };
    store: Store | undefined;
    onStore: (store: Store) => void;
  }>;
}

/** Creates a room, step by step. The step is in the URL; what was chosen stays here until the room is made. */
export function CreateWizard({ BoxPicker, StorePicker }: Pickers) {
  const { t } = useTranslation('discover');
  const { step: wanted = 'kind' } = useSearch({ from: '/shell/rooms/new' });
  const navigate = useNavigate();
  const create = useCreateRoom();
  const [draft, setDraft] = useState<Draft>(nothing);
  // One for all tries: a second one after a lost answer finds the room that the first one made.
  const [key] = useState(newClientId);
  const [missing, setMissing] = useState(false);
  const [refusal, setRefusal] = useState<Refusal>();
  const [faults, setFaults] = useState<DraftFaults>({});
  const [refusals, setRefusals] = useState(0);

  const step = reachable(draft, wanted);
  if (step !== wanted) return <Navigate to="/rooms/new" search={{ step }} replace />;

  const change = (to: Partial<Draft>) => {
    setDraft((before) => ({ ...before, ...to }));
    setMissing(false);
    setRefusal(undefined);
    for (const name in to) setFaults((before) => ({ ...before, [name]: undefined }));
  };
  const next = () => {
    const way = stepsOf(draft);
    // What is not chosen yet cannot be passed.
    const to = way[way.indexOf(step) + 1];
    setMissing(to === undefined || reachable(draft, to) !== to);
    if (to && reachable(draft, to) === to)
      void navigate({ to: '/rooms/new', search: { step: to } });
  };
  const refuse = (found: DraftFaults) => {
    setFaults(found);
    setRefusals((before) => before + 1);
  };
  const submit = () => {
    const found = draftFaults(draft);
    if (anyFault(found)) {
      refuse(found);
      return;
    }
    create.mutate(
      { key, body: newRoomOf(draft) },
      {
        onSuccess: ({ id }) =>
          void navigate({ to: '/rooms/$roomId', params: { roomId: id }, replace: true }),
        onError: (error) => {
          const why = refusalOf(error);
          if (why?.step === 'details') refuse(why.faults);
          // Without its box or store the draft leads back to where another one is chosen.
          else if (why) setDraft((before) => ({ ...before, [why.step]: undefined }));
          setRefusal(why);
        },
      },
    );
  };

  const shared = { step, draft, onSubmit: next };
  switch (step) {
    case 'kind':
      return (
        <CreateStep key={step} {...shared} problem={missing ? t('new.kind.missing') : undefined}>
          <Choice
            label={t('new.kind.label')}
            labelHidden
            look="cards"
            options={(['plain', 'pickup'] as const).map((value) => ({
              value,
              label: t(`new.kind.${value}`),
              text: t(`new.kind.${value}Text`),
            }))}
            value={draft.kind}
            onChange={(kind) => change({ kind })}
          />
        </CreateStep>
      );
    case 'box':
      return (
        <CreateStep
          key={step}
          {...shared}
          notice={refusal?.step === 'box' ? t(`new.box.${refusal.why}`) : undefined}
          problem={missing ? t('new.box.missing') : undefined}
        >
          <BoxPicker
            zip={draft.zip}
            box={draft.box}
            onZip={(zip) => change({ zip, box: undefined, store: undefined })}
            onBox={(box) => change({ box })}
          />
        </CreateStep>
      );
    case 'store':
      return (
        <CreateStep
          key={step}
          {...shared}
          notice={refusal?.step === 'store' ? t(`new.store.${refusal.why}`) : undefined}
          problem={missing ? t('new.store.missing') : undefined}
        >
          {draft.box && (
            <StorePicker
              near={draft.box}
              store={draft.store}
              onStore={(store) => change({ store })}
            />
          )}
        </CreateStep>
      );
    case 'details':
      return (
        <CreateDetails
          key={step}
          {...shared}
          faults={faults}
          problem={create.error && !refusalOf(create.error) ? failure(create.error) : undefined}
          refusals={refusals}
          busy={create.isPending}
          onChange={change}
          onSubmit={submit}
        />
      );
  }

  function failure(error: Error): string {
    const lost = error instanceof Problem && error.status === 0;
    return lost ? t('new.details.lost') : problemText(error);
  }
}

function nothing(): Draft {
  const { zip } = preferences();
  return {
    kind: undefined,
    zip,
    box: undefined,
    store: undefined,
    title: '',
    seats: undefined,
    password: '',
  };
}
