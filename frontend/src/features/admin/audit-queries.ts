import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api, must, type Schema } from '@/api/client';

/** Which entries to list; what is undefined does not matter. */
export interface AuditSearch {
  action?: Schema<'AuditAction'> | undefined;
  targetType?: Schema<'AuditTargetType'> | undefined;
  targetId?: number | undefined;
  actor?: number | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

export const auditQuery = (search: AuditSearch, cursor: string | undefined) =>
  queryOptions({
    queryKey: ['admin', 'audit', search, cursor],
    queryFn: ({ signal }) =>
      must(api.GET('/admin/audit', { params: { query: { ...search, cursor } }, signal })),
    staleTime: 0,
    placeholderData: keepPreviousData,
  });
