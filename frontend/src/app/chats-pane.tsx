import { IconArrowLeft } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useLocation } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import styles from '@/app/chats-pane.module.css';
import { useFinding } from '@/app/use-finding';
import { useWalkRows } from '@/app/use-walk-rows';
import { ReadingMark } from '@/features/emotion/reading-mark';
import { roomName, roomsQuery } from '@/features/rooms/queries';
import { RoomList, RoomsNamed } from '@/features/rooms/room-list';
import { LONGEST } from '@/features/search/finding';
import { useTypedSearch } from '@/lib/use-typed-search';
import { IconLink } from '@/ui/icon-link';
import { Pane } from '@/ui/pane';
import { SearchField } from '@/ui/search-field';
import { SkeletonRows } from '@/ui/skeleton';

/** Longer ago, in milliseconds, nobody waits for the field any more. */
const LATELY = 5000;

// Not everybody searches, so it is no part of the first load.
const Found = lazy(async () => ({ default: (await import('@/features/search/found')).Found }));

/** My chats, or those and the messages that are searched for, in all chats or in one. */
export function ChatsPane() {
  const { q, within, change } = useFinding();
  const { text, setText, settle, composition } = useTypedSearch(q ?? '', (words) =>
    change({ q: words || undefined }),
  );
  const { data: rooms = [] } = useQuery(roomsQuery);
  const field = useRef<HTMLInputElement>(null);
  useFocusWhenAsked(field);
  const { onKeyDown, toFirst } = useWalkRows(field);
  const wanted = text.trim();
  const everywhere = within === undefined;

  const onEnter = () => {
    if (!settle()) toFirst();
  };
  return (
    // The keys are those of the rows inside.
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions
    <div className={styles.pane} onKeyDown={onKeyDown}>
      <Pane
        top={
          (rooms.length > 0 || wanted !== '') && (
            <Top
              {...{ within, text, field, composition, onEnter }}
              onText={setText}
              onLeave={everywhere ? undefined : () => change({ q: undefined, within: undefined })}
            />
          )
        }
      >
        {everywhere && wanted === '' && <RoomList />}
        {everywhere && wanted !== '' && <RoomsNamed text={wanted} />}
        {(wanted !== '' || !everywhere) && (
          <Suspense fallback={<SkeletonRows rows={4} />}>
            <Messages {...{ q, within }} />
          </Suspense>
        )}
      </Pane>
    </div>
  );
}

interface TopProps {
  within: number | undefined;
  text: string;
  field: React.RefObject<HTMLInputElement | null>;
  composition: ReturnType<typeof useTypedSearch>['composition'];
  onText: (text: string) => void;
  onEnter: () => void;
  onLeave: (() => void) | undefined;
}

/** The field; within one chat also the way back to it. */
function Top({ within, text, field, composition, onText, onEnter, onLeave }: TopProps) {
  const { t } = useTranslation(['search', 'rooms']);
  const { data: name } = useQuery({
    ...roomsQuery,
    select: (rooms) => {
      const room = rooms.find(({ id }) => id === within);
      return room && roomName(room);
    },
  });
  return (
    <div className={styles.top}>
      {within && (
        <IconLink to="/rooms/$roomId" params={{ roomId: within }} label={t('stop')} tip="none">
          <IconArrowLeft size={20} stroke={1.75} aria-hidden="true" />
        </IconLink>
      )}
      <SearchField
        ref={field}
        label={within ? t('fieldHere', { name: name ?? t('rooms:someone') }) : t('field')}
        value={text}
        maxLength={LONGEST}
        onChange={onText}
        onEnter={onEnter}
        onLeave={onLeave}
        {...composition}
      />
    </div>
  );
}

/** The messages that hold what is in the address; what is still typed is not there yet. */
function Messages({ q, within }: { q: string | undefined; within: number | undefined }) {
  const { t } = useTranslation('search');
  if (!q) return within ? <p className={styles.hint}>{t('hint')}</p> : null;
  return (
    <section aria-label={t('messages')}>
      {!within && <h2 className={styles.heading}>{t('messages')}</h2>}
      <Found q={q} within={within} Reading={ReadingMark} />
    </section>
  );
}

/** Whoever asks for the search, by key or button, writes next. On the way back nobody does. */
function useFocusWhenAsked(field: React.RefObject<HTMLInputElement | null>) {
  const asked = useLocation({ select: ({ state }) => state.asked ?? 0 });
  const { isSuccess } = useQuery(roomsQuery); // Before that there is no field.
  const done = useRef(0);
  useEffect(() => {
    if (asked <= done.current || Date.now() - asked > LATELY || !field.current) return;
    done.current = asked;
    field.current.focus();
  }, [asked, isSuccess, field]);
}
