import { IconX } from '@tabler/icons-react';
import { useId, useLayoutEffect, useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import styles from '@/ui/dialog.module.css';
import { IconButton } from '@/ui/icon-button';

interface Props {
  title: string;
  /** Escape, the close button and a press beside the dialog end here. */
  onClose: () => void;
  children: ReactNode;
  /** The buttons, the main one last. */
  footer?: ReactNode;
}

/** A modal dialog while it is rendered: the platform keeps the focus inside and gives it back. */
export function Dialog({ title, onClose, children, footer }: Props) {
  const { t } = useTranslation();
  const box = useRef<HTMLDialogElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const id = useId();

  useLayoutEffect(() => {
    const shown = box.current;
    shown?.showModal();
    heading.current?.focus(); // So that it is read first, and Enter does nothing by accident.
    return () => shown?.close(); // Closing, unlike removing, returns the focus.
  }, []);

  return (
    <dialog
      ref={box}
      className={styles.dialog}
      aria-labelledby={id}
      closedby="any"
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <header className={styles.head}>
        <h2 ref={heading} id={id} tabIndex={-1} className={styles.title}>
          {title}
        </h2>
        <IconButton label={t('close')} tip="none" onClick={onClose}>
          <IconX size={20} stroke={1.75} />
        </IconButton>
      </header>
      <div className={styles.body}>{children}</div>
      {footer && <footer className={styles.foot}>{footer}</footer>}
    </dialog>
  );
}
