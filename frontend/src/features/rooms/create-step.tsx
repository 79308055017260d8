import { Link } from '@tanstack/react-router';
import { useEffect, useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { stepsOf, type Draft } from '@/features/rooms/create-draft';
import type { Step } from '@/features/rooms/create-steps';
import styles from '@/features/rooms/create-step.module.css';
import { JoinNotice } from '@/features/rooms/join-notice';
import { Button, buttonClass } from '@/ui/button';
import { DetailPage } from '@/ui/detail-page';

interface Props {
  step: Step;
  draft: Draft;
  /** Why somebody was sent back here. */
  notice?: string | undefined;
  /** Why it does not go on from here. */
  problem?: string | undefined;
  /** How often it did not go on; each time the first wrong field takes the focus. */
  refusals?: number;
  /** The last step's own words for going on. */
  submit?: string;
  busy?: boolean;
  onSubmit: () => void;
  children: ReactNode;
}

/** One step of creating a room: which it is, what it asks, and the ways back and on. */
export function CreateStep(props: Props) {
  const { step, draft, notice, problem, refusals = 0, submit, busy, onSubmit, children } = props;
  const { t } = useTranslation('discover');
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (refusals > 0) form.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus();
  }, [refusals]);
  const way = stepsOf(draft);
  const at = way.indexOf(step);
  const before = way[at - 1];
  return (
    <DetailPage
      title={t(`new.${step}.title`)}
      {...(before ? { back: '/rooms/new', backSearch: { step: before } } : { back: '/discover' })}
    >
      <div className={styles.progress}>
        <p>{t('new.step', { step: at + 1, last: way.length })}</p>
        <span className={styles.bar} aria-hidden="true">
          {way.map((one, i) => (
            <span key={one} data-done={i <= at} />
          ))}
        </span>
      </div>
      <form
        ref={form}
        noValidate
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy) onSubmit();
        }}
      >
        <JoinNotice text={notice} />
        {children}
        <div className={styles.foot}>
          <JoinNotice text={problem} />
          <div className={styles.ways}>
            {before && (
              <Link to="/rooms/new" search={{ step: before }} className={buttonClass()}>
                {t('new.back')}
              </Link>
            )}
            <Button type="submit" look="primary" className={styles.on} busy={busy}>
              {submit ?? t('new.next')}
            </Button>
          </div>
        </div>
      </form>
    </DetailPage>
  );
}
