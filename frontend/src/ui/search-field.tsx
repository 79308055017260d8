import { IconSearch, IconX } from '@tabler/icons-react';
import { useRef, type ComponentProps, type RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import { IconButton } from '@/ui/icon-button';
import { TextField } from '@/ui/text-field';

type InputProps = ComponentProps<'input'>;

interface Props extends Pick<InputProps, 'onCompositionStart' | 'onCompositionEnd'> {
  label: string;
  value: string;
  maxLength?: number;
  onChange: (value: string) => void;
  /** Enter: what was typed is meant as it is. */
  onEnter?: () => void;
  /** Escape, when there is nothing to empty any more; else the field loses the focus. */
  onLeave?: (() => void) | undefined;
  ref?: RefObject<HTMLInputElement | null>;
}

/** Narrows a list while typing; Escape empties it, and once more leaves it. */
export function SearchField({ label, value, onChange, onEnter, onLeave, ref, ...input }: Props) {
  const { t } = useTranslation();
  const own = useRef<HTMLInputElement>(null);
  const field = ref ?? own;
  return (
    <TextField
      {...input}
      ref={field}
      label={label}
      labelHidden
      placeholder={label}
      type="search"
      enterKeyHint="search"
      autoComplete="off"
      icon={<IconSearch size={18} stroke={1.75} aria-hidden="true" />}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' && event.key !== 'Enter') return;
        if (event.nativeEvent.isComposing) return; // It ends or gives up the syllable.
        event.preventDefault(); // Also no form around is sent: the list is narrowed already.
        if (event.key === 'Enter') return onEnter?.();
        if (value) onChange('');
        else if (onLeave) onLeave();
        else event.currentTarget.blur();
      }}
      end={
        value && (
          <IconButton
            label={t('clear')}
            tip="none"
            onClick={() => {
              onChange('');
              field.current?.focus(); // The button is gone now.
            }}
          >
            <IconX size={16} stroke={1.75} aria-hidden="true" />
          </IconButton>
        )
      }
    />
  );
}
