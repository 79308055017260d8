import { IconSearch, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { IconButton } from '@/ui/icon-button';
import { TextField } from '@/ui/text-field';

interface Props {
  label: string;
  value: string;
  maxLength?: number;
  onChange: (value: string) => void;
}

/** Narrows a list while typing; Escape empties it, and once more leaves it. */
export function SearchField({ label, value, maxLength, onChange }: Props) {
  const { t } = useTranslation();
  return (
    <TextField
      label={label}
      labelHidden
      placeholder={label}
      type="search"
      autoComplete="off"
      maxLength={maxLength}
      icon={<IconSearch size={18} stroke={1.75} aria-hidden="true" />}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' && event.key !== 'Enter') return;
        event.preventDefault(); // Also no form around is sent: the list is narrowed already.
        if (event.key === 'Enter') return;
        if (value) onChange('');
        else event.currentTarget.blur();
      }}
      end={
        value && (
          <IconButton label={t('close')} tip="none" onClick={() => onChange('')}>
            <IconX size={16} stroke={1.75} aria-hidden="true" />
          </IconButton>
        )
      }
    />
  );
}
