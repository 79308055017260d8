import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { conditions } from '@/features/admin/choices';
import { FormDialog } from '@/features/admin/form-dialog';
import { boxFields, readBox } from '@/features/admin/place-fields';
import { useSaveBox } from '@/features/admin/places-queries';
import { problemIn } from '@/features/admin/problem';
import { usePlaceForm } from '@/features/admin/use-place-form';
import form from '@/ui/form/form.module.css';
import { SelectField } from '@/ui/form/select-field';
import { Switch } from '@/ui/switch';
import { TextField } from '@/ui/text-field';
import { useToast } from '@/ui/toast';

interface Props {
  /** The one to change; a new one without it. */
  box?: Schema<'Box'>;
  onClose: () => void;
}

/** Adds a box or changes one. */
export function BoxForm({ box, onClose }: Props) {
  const { t } = useTranslation('admin');
  const { typed, change, field, setFaults } = usePlaceForm(boxFields(box));
  const save = useSaveBox(box?.id);
  const say = useToast();
  const submit = () => {
    const read = readBox(typed);
    if ('faults' in read) return setFaults(read.faults);
    save.mutate(read.input, {
      onSuccess: () => {
        say(t(box ? 'boxes.saved' : 'boxes.added'));
        onClose();
      },
    });
  };
  const text = (key: 'name' | 'zip' | 'address' | 'lat' | 'lng') => ({
    ...field(key),
    onChange: (event: { target: { value: string } }) => change(key, event.target.value),
  });
  return (
    <FormDialog
      title={box ? t('boxes.edit', { name: box.name }) : t('boxes.add')}
      submit={t(box ? 'places.save' : 'places.create')}
      busy={save.isPending}
      problem={problemIn(save.error)}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField label={t('places.name')} {...text('name')} />
      <TextField label={t('places.zip')} inputMode="numeric" {...text('zip')} />
      <TextField label={t('places.address')} {...text('address')} />
      <div className={form.pair}>
        <TextField label={t('places.lat')} inputMode="decimal" {...text('lat')} />
        <TextField label={t('places.lng')} inputMode="decimal" {...text('lng')} />
      </div>
      <SelectField
        label={t('boxes.condition')}
        options={conditions.map((value) => ({ value, label: t(`boxes.conditions.${value}`) }))}
        value={typed.condition}
        onChange={(condition) => change('condition', condition)}
      />
      <Switch
        label={t('places.inUse')}
        text={t('places.inUseText')}
        checked={typed.active}
        onChange={(active) => change('active', active)}
      />
    </FormDialog>
  );
}
