import { useId, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '@/ui/button';
import { Dialog } from '@/ui/dialog';
import form from '@/ui/form/form.module.css';

interface Props {
  title: string;
  /** The verb of the action. */
  submit: string;
  look?: 'primary' | 'danger';
  busy: boolean;
  /** Why it did not work; the form is still there. */
  problem: string | undefined;
  onSubmit: () => void;
  onClose: () => void;
  children: ReactNode;
}

/** A form above the page. What was entered stays until the server has it. */
export function FormDialog(props: Props) {
  const { title, submit, look = 'primary', busy, problem, onSubmit, onClose, children } = props;
  const { t } = useTranslation();
  const id = useId();
  return (
    <Dialog
      title={title}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button type="submit" form={id} look={look} busy={busy}>
            {submit}
          </Button>
        </>
      }
    >
      <form
        id={id}
        noValidate
        className={form.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy) onSubmit();
        }}
      >
        {children}
        <p role="alert" className={form.problem}>
          {problem}
        </p>
      </form>
    </Dialog>
  );
}
