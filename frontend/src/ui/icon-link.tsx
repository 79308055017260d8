import { Link, type LinkProps } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { classNames } from '@/lib/class-names';
import styles from '@/ui/icon-button.module.css';

interface Props {
  to: NonNullable<LinkProps['to']>;
  params?: LinkProps['params'];
  search?: LinkProps['search'];
  /** Its name, also shown as a tip on hover and keyboard focus. */
  label: string;
  tip?: 'below' | 'above' | 'left' | 'none';
  className?: string | undefined;
  children: ReactNode;
}

/** An IconButton that leads somewhere. */
export function IconLink({ to, params, search, label, tip = 'below', ...rest }: Props) {
  const { className, children } = rest;
  return (
    <Link
      to={to}
      params={params}
      search={search}
      aria-label={label}
      data-tip={tip}
      className={classNames(styles.button, className)}
    >
      {children}
    </Link>
  );
}
