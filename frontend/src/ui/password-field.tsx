import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import styles from '@/ui/password-field.module.css';
import { TextField, type TextFieldProps } from '@/ui/text-field';

/** A password that can be looked at while it is typed. */
export function PasswordField(props: Omit<TextFieldProps, 'type' | 'end'>) {
  const { t } = useTranslation();
  const [shown, setShown] = useState(false);
  const name = shown ? t('hide') : t('show');
  return (
    <TextField
      {...props}
      type={shown ? 'text' : 'password'}
      autoCapitalize="none"
      spellCheck={false}
      end={
        <button
          type="button"
          className={styles.toggle}
          aria-label={`${name}: ${props.label}`}
          onClick={() => setShown(!shown)}
        >
          {name}
        </button>
      }
    />
  );
}
