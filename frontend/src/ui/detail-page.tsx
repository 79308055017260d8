import { IconArrowLeft } from '@tabler/icons-react';
import type { LinkProps } from '@tanstack/react-router';
import { useEffect, useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useKeptFocus } from '@/lib/use-kept-focus';
import styles from '@/ui/detail-page.module.css';
import { IconLink } from '@/ui/icon-link';
import { PageTitle } from '@/ui/page-title';

interface Props {
  title: string;
  /** The list this page was chosen from; a phone shows a way back to it. */
  back: NonNullable<LinkProps['to']>;
  backSearch?: LinkProps['search'];
  backParams?: LinkProps['params'];
  /** What the way back leads to; where it is no list it is shown on every screen. */
  backName?: string;
  /** For tables rather than for text. */
  wide?: boolean;
  children: ReactNode;
}

/** A page of the right-hand column: heading, way back, text column. The heading takes the focus, so that it is read first. */
export function DetailPage(props: Props) {
  const { title, back, backSearch, backParams, backName, wide, children } = props;
  const { t } = useTranslation();
  const heading = useRef<HTMLHeadingElement>(null);
  const body = useRef<HTMLDivElement>(null);
  useKeptFocus(body, heading);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return (
    <article className={styles.page} data-wide={wide}>
      <PageTitle name={title} />
      <header className={styles.head}>
        <IconLink
          to={back}
          search={backSearch}
          params={backParams}
          label={backName ?? t('nav.back')}
          tip="none"
          className={backName ? undefined : styles.back}
        >
          <IconArrowLeft size={20} stroke={1.75} aria-hidden="true" />
        </IconLink>
        <h1 ref={heading} tabIndex={-1} className={styles.title}>
          {title}
        </h1>
      </header>
      <div ref={body} className={styles.body}>
        {children}
      </div>
    </article>
  );
}
