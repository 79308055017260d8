import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { categories } from '@/features/admin/choices';
import { FormDialog } from '@/features/admin/form-dialog';
import { readStore, storeFields } from '@/features/admin/place-fields';
import { useSaveStore } from '@/features/admin/places-queries';
import { problemIn } from '@/features/admin/problem';
import { usePlaceForm } from '@/features/admin/use-place-form';
import form from '@/ui/form/form.module.css';
import { SelectField } from '@/ui/form/select-field';
import { Switch } from '@/ui/switch';
import { TextField } from '@/ui/text-field';
import { useToast } from '@/ui/toast';

interface Props {
  /** The one to change; a new one without it. */
  store?: Schema<'Store'>;
  onSaved: (store: Schema<'Store'>) => void;
  onClose: () => void;
}

/** Adds a store or changes one. */
export function StoreForm({ store, onSaved, onClose }: Props) {
  const { t } = useTranslation(['admin', 'booking']);
  const { typed, change, field, error, setFaults } = usePlaceForm(storeFields(store));
  const save = useSaveStore(store?.id);
  const say = useToast();
  const submit = () => {
    const read = readStore(typed);
    if ('faults' in read) return setFaults(read.faults);
    save.mutate(read.input, {
      onSuccess: (saved) => {
        say(t(store ? 'stores.saved' : 'stores.added'));
        onSaved(saved);
      },
    });
  };
  const text = (key: 'name' | 'address' | 'lat' | 'lng' | 'minOrder' | 'deliveryFee') => ({
    ...field(key),
    onChange: (event: { target: { value: string } }) => change(key, event.target.value),
  });
  return (
    <FormDialog
      title={t(store ? 'stores.edit' : 'stores.add')}
      submit={t(store ? 'places.save' : 'places.create')}
      busy={save.isPending}
      problem={problemIn(save.error)}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField label={t('places.name')} {...text('name')} />
      <SelectField
        label={t('places.category')}
        name="category"
        options={categories.map((value) => ({ value, label: t(`booking:category.${value}`) }))}
        value={typed.category}
        error={error('category')}
        onChange={(category) => change('category', category)}
      />
      <TextField label={t('places.address')} {...text('address')} />
      <div className={form.pair}>
        <TextField label={t('places.lat')} inputMode="decimal" {...text('lat')} />
        <TextField label={t('places.lng')} inputMode="decimal" {...text('lng')} />
      </div>
      <div className={form.pair}>
        <TextField label={t('stores.minOrder')} inputMode="numeric" {...text('minOrder')} />
        <TextField label={t('stores.deliveryFee')} inputMode="numeric" {...text('deliveryFee')} />
      </div>
      <Switch
        label={t('places.inUse')}
        text={t('places.inUseText')}
        checked={typed.active}
        onChange={(active) => change('active', active)}
      />
    </FormDialog>
  );
}
