import { useEffect, useRef, type ReactNode } from 'react';
import styles from '@/features/account/entry-form.module.css';
import { PageTitle } from '@/ui/page-title';

interface Props {
  page: string;
  title: string;
  text?: string | undefined;
  /** What is wrong with the whole, not with one field. */
  problem?: string | undefined;
  /** How often the form was refused; each time the first wrong field takes the focus. */
  refusals: number;
  onSubmit: () => void;
  children: ReactNode;
  /** The way to the other form. */
  footer: ReactNode;
}

/** The form of the log-in and the register page. */
export function EntryForm({
  page,
  title,
  text,
  problem,
  refusals,
  onSubmit,
  children,
  footer,
}: Props) {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (refusals > 0) form.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus();
  }, [refusals]);
  return (
    <form
      ref={form}
      noValidate
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      <PageTitle name={page} />
      <header className={styles.head}>
        <h1 className={styles.title}>{title}</h1>
        {text && <p className={styles.text}>{text}</p>}
      </header>
      <div role="alert">{problem && <p className={styles.problem}>{problem}</p>}</div>
      {children}
      <p className={styles.footer}>{footer}</p>
    </form>
  );
}
