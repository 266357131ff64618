import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { z } from 'zod';
import { request } from './client';
import { keys } from './keys';
import { schemas } from './schemas';

const RECENT_EVENTS = 8;

interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

/** A list as far as it was asked for; `more` is there while there is more. */
export interface Paged<Item> {
  readonly items: readonly Item[];
  readonly isLoaded: boolean;
  readonly data: unknown;
  readonly error: Error | null;
  readonly isFetching: boolean;
  readonly refetch: () => void;
  readonly more: (() => void) | undefined;
}

function usePages<Item>(
  queryKey: readonly unknown[],
  path: string,
  schema: () => Promise<z.ZodType<Page<Item>>>,
): Paged<Item> {
  const query = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam, signal }) => {
      const joint = path.includes('?') ? '&' : '?';
      const cursor = pageParam === null ? '' : `${joint}cursor=${encodeURIComponent(pageParam)}`;
      return request('GET', path + cursor, { schema, signal });
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });
  const { data, error, isFetching, hasNextPage } = query;
  return {
    items: data?.pages.flatMap(({ items }) => items) ?? [],
    isLoaded: data !== undefined,
    ...{ data, error, isFetching },
    refetch: () => void query.refetch(),
    more: hasNextPage ? () => void query.fetchNextPage() : undefined,
  };
}

/** @param states with commas; all when empty */
export function useTasks(states = '') {
  const path = states === '' ? '/tasks' : `/tasks?state=${states}`;
  return usePages(keys.taskList(states), path, schemas.taskPage);
}

export function useTaskLog(id: string) {
  return useQuery({
    queryKey: keys.taskLog(id),
    queryFn: ({ signal }) =>
      request('GET', `/tasks/${encodeURIComponent(id)}/log?limit=2000`, {
        schema: schemas.taskLog,
        signal,
      }),
  });
}

export interface AuditFilter {
  readonly user?: string;
  readonly outcome?: string;
}

export function auditQuery(filter: AuditFilter): string {
  const query = new URLSearchParams(
    Object.entries(filter).filter(([, value]) => value !== undefined && value !== ''),
  ).toString();
  return query === '' ? '' : `?${query}`;
}

export function useAudit(filter: AuditFilter) {
  return usePages(keys.audit(filter), `/audit${auditQuery(filter)}`, schemas.audit);
}

export function useVmEvents(id: string) {
  return usePages(keys.vmEvents(id), `/vms/${encodeURIComponent(id)}/events`, schemas.vmEvents);
}

/** What happened last, to any machine. */
export function useRecentVmEvents() {
  return useQuery({
    queryKey: keys.recentVmEvents,
    queryFn: ({ signal }) =>
      request('GET', `/vm-events?limit=${RECENT_EVENTS}`, { schema: schemas.anyVmEvents, signal }),
  });
}

export function useRecordings(vmId: string) {
  return usePages(
    keys.recordings(vmId),
    `/recordings?vmId=${encodeURIComponent(vmId)}`,
    schemas.recordingPage,
  );
}

export function useStoredImages() {
  return useQuery({
    queryKey: keys.storedImages,
    queryFn: async ({ signal }) => {
      const { items } = await request('GET', '/images', { schema: schemas.imageList, signal });
      return items.flatMap((image) => ('kind' in image ? [image] : []));
    },
  });
}

export function useDoctor() {
  return useQuery({
    queryKey: keys.doctor,
    queryFn: async ({ signal }) =>
      (await request('GET', '/host/doctor', { schema: schemas.doctor, signal })).findings,
  });
}

export function useDisks() {
  return useQuery({
    queryKey: keys.disks,
    queryFn: async ({ signal }) =>
      (await request('GET', '/disks', { schema: schemas.diskList, signal })).items,
  });
}

export function useSettings(enabled: boolean) {
  return useQuery({
    queryKey: keys.settings,
    queryFn: ({ signal }) => request('GET', '/settings', { schema: schemas.settings, signal }),
    enabled,
  });
}

export function useUsers(enabled: boolean) {
  return useQuery({
    queryKey: keys.users,
    queryFn: async ({ signal }) =>
      (await request('GET', '/users', { schema: schemas.userList, signal })).items,
    enabled,
  });
}

export function useTokens() {
  return useQuery({
    queryKey: keys.tokens,
    queryFn: async ({ signal }) =>
      (await request('GET', '/tokens', { schema: schemas.tokenList, signal })).items,
  });
}

export function useSessions() {
  return useQuery({
    queryKey: keys.sessions,
    queryFn: async ({ signal }) =>
      (await request('GET', '/sessions', { schema: schemas.sessionList, signal })).items,
  });
}
