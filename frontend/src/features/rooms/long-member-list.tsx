import { useCallback, useState, type ReactNode } from 'react';
import { Virtuoso, type ItemProps, type ListProps } from 'react-virtuoso';
import type { Schema } from '@/api/client';
import styles from '@/features/rooms/member-list.module.css';

type Member = Schema<'Member'>;

interface Props {
  label: string;
  members: readonly Member[];
  row: (member: Member) => ReactNode;
}

interface Context {
  label: string;
  count: number;
}

const components = { List, Item };

/** Members of a large room, of whom only those near the view exist. It scrolls with what it stands in. */
export function LongMemberList({ label, members, row }: Props) {
  const [scroller, setScroller] = useState<HTMLElement | null>(null);
  const attach = useCallback((element: HTMLElement | null) => {
    if (element) setScroller(element.closest<HTMLElement>('[role=tabpanel]'));
  }, []);
  return (
    <div ref={attach}>
      {scroller && (
        <Virtuoso<Member, Context>
          customScrollParent={scroller}
          data={members}
          context={{ label, count: members.length }}
          components={components}
          computeItemKey={(_index, member) => member.user.id}
          increaseViewportBy={400}
          itemContent={(_index, member) => row(member)}
        />
      )}
    </div>
  );
}

function List({ context, children, ref, style }: ListProps & { context: Context }) {
  return (
    <div ref={ref} role="list" style={style} className={styles.long} aria-label={context.label}>
      {children}
    </div>
  );
}

/** Most of its neighbours are not there, so it says which one it is. */
function Item({ context, children, ...props }: ItemProps<Member> & { context: Context }) {
  return (
    <div
      {...props}
      role="listitem"
      aria-posinset={props['data-index'] + 1}
      aria-setsize={context.count}
    >
      {children}
    </div>
  );
}
