import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { personName } from '@/api/person-name';
import styles from '@/features/admin/admin.module.css';
import { oneOf, roles, sorts, states } from '@/features/admin/choices';
import { DataTable, type TableColumn } from '@/features/admin/data-table';
import { Loaded } from '@/features/admin/loaded';
import { Nothing } from '@/features/admin/nothing';
import { Pager } from '@/features/admin/pager';
import { StateMark } from '@/features/admin/state-mark';
import { useCursorPages } from '@/features/admin/use-cursor-pages';
import { useFilter } from '@/features/admin/use-filter';
import rows from '@/features/admin/users-page.module.css';
import { usersQuery, type UserSearch } from '@/features/admin/users-queries';
import { calendarDay, timeAgo } from '@/lib/moment';
import { usePreferences } from '@/lib/use-preferences';
import { useTypedSearch } from '@/lib/use-typed-search';
import { SelectChip, ToggleChip } from '@/ui/chip';
import { DetailPage } from '@/ui/detail-page';
import { SearchField } from '@/ui/search-field';

type User = Schema<'AdminUser'>;

/** Everybody who has an account, by the address: /admin/users?q=min&state=active&sort=seen. */
export function UsersPage() {
  const { t } = useTranslation('admin');
  const { said, change, clear } = useFilter('/admin/users');
  const search: UserSearch = {
    q: said.q,
    state: oneOf(states, said.state),
    role: oneOf(roles, said.role),
    sort: oneOf(sorts, said.sort),
    descending: said.descending === true ? true : undefined,
  };
  const pages = useCursorPages(['users', search]);
  const users = useQuery(usersQuery(search, pages.cursor));
  const typed = useTypedSearch(search.q ?? '', (q) => change({ q: q || undefined }));
  const narrowed = search.q ?? search.state ?? search.role;
  return (
    <DetailPage wide title={t('users.title')} back="/admin">
      <div className={styles.tools}>
        <div className={styles.search}>
          <SearchField
            label={t('users.search')}
            value={typed.text}
            maxLength={254}
            onChange={typed.setText}
            onEnter={typed.settle}
            {...typed.composition}
          />
        </div>
        <Filters search={search} change={change} />
      </div>
      <Loaded query={users}>
        {({ items, next, total, totalCapped }) => (
          <>
            <p role="status" className={styles.note}>
              {totalCapped ? t('users.totalMore', { total }) : t('users.total', { count: total })}
            </p>
            {items.length === 0 ? (
              <Nothing empty={t('users.empty')} onClear={narrowed ? clear : undefined} />
            ) : (
              <UserTable
                users={items}
                older={users.isPlaceholderData}
                search={search}
                change={change}
              />
            )}
            <Pager page={pages.page} onBack={pages.back} onForward={pages.forward(next)} />
          </>
        )}
      </Loaded>
    </DetailPage>
  );
}

interface FilterProps {
  search: UserSearch;
  change: (to: UserSearch) => void;
}

function Filters({ search, change }: FilterProps) {
  const { t } = useTranslation('admin');
  return (
    <div className={styles.filters}>
      <SelectChip
        label={t('users.state')}
        any={t('users.anyState')}
        options={states.map((value) => ({ value, label: t(`state.${value}`) }))}
        value={search.state}
        onChange={(state) => change({ state })}
      />
      <SelectChip
        label={t('users.role')}
        any={t('users.anyRole')}
        options={roles.map((value) => ({ value, label: t(`role.${value}`) }))}
        value={search.role}
        onChange={(role) => change({ role })}
      />
      <SelectChip
        label={t('users.sort')}
        any={t('users.byCreated')}
        options={sorts
          .filter((value) => value !== 'created')
          .map((value) => ({ value, label: t(`users.sorts.${value}`) }))}
        value={search.sort === 'created' ? undefined : search.sort}
        onChange={(sort) => change({ sort })}
      />
      <ToggleChip
        label={t('users.descending')}
        on={search.descending ?? false}
        onChange={(on) => change({ descending: on || undefined })}
      />
    </div>
  );
}

interface TableProps extends FilterProps {
  users: readonly User[];
  older: boolean;
}

function UserTable({ users, older, search, change }: TableProps) {
  const { t } = useTranslation('admin');
  const { locale } = usePreferences();
  const now = new Date();
  const by = search.sort ?? 'created';
  const sort = (column: Schema<'UserSort'>): TableColumn<User>['sort'] => ({
    now: by === column ? (search.descending ? 'descending' : 'ascending') : undefined,
    turn: () =>
      change({
        sort: column === 'created' ? undefined : column,
        descending: by === column && !search.descending ? true : undefined,
      }),
  });
  return (
    <DataTable
      caption={t('users.list')}
      rows={users}
      rowKey={({ id }) => id}
      older={older}
      columns={[
        {
          key: 'person',
          name: t('users.sorts.nickname'),
          sort: sort('nickname'),
          cell: (user) => <Who user={user} />,
        },
        {
          key: 'email',
          name: t('users.sorts.email'),
          wide: true,
          sort: sort('email'),
          cell: ({ email, emailVerified }) => (
            <>
              {email}
              {!emailVerified && <span className={rows.soft}> · {t('users.unverified')}</span>}
            </>
          ),
        },
        {
          key: 'state',
          name: t('users.state'),
          cell: ({ state }) => <StateMark state={state} />,
        },
        {
          key: 'created',
          name: t('users.since'),
          wide: true,
          sort: sort('created'),
          cell: ({ createdAt }) => calendarDay(new Date(createdAt), now, locale, 'short'),
        },
        {
          key: 'seen',
          name: t('users.seen'),
          wide: true,
          sort: sort('seen'),
          cell: ({ online, lastSeenAt }) => {
            if (online) return t('users.online');
            return lastSeenAt ? timeAgo(new Date(lastSeenAt), now, locale) : t('users.never');
          },
        },
      ]}
    />
  );
}

function Who({ user }: { user: User }) {
  const { t } = useTranslation('admin');
  const { id, email, role } = user;
  return (
    <>
      <Link to="/admin/users/$userId" params={{ userId: id }} className={rows.link}>
        {personName(user)}
      </Link>
      {role === 'admin' && (
        <>
          {' '}
          <span className={styles.mark}>{t('role.admin')}</span>
        </>
      )}
      <span className={rows.narrow}>{email}</span>
    </>
  );
}
