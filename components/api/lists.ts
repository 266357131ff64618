import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { AuditEntry } from '@/server/api/audit';
import type { Output } from '@/server/api/client';
import type { Recording } from '@/server/api/recordings';
import type { Task } from '@/server/api/tasks';
import type { VmEvent } from '@/server/api/vm-events';
import { request } from './client';
import { keys } from './keys';

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

function usePages<Item>(queryKey: readonly unknown[], path: string): Paged<Item> {
  const query = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam, signal }) => {
      const joint = path.includes('?') ? '&' : '?';
      const cursor = pageParam === null ? '' : `${joint}cursor=${encodeURIComponent(pageParam)}`;
      return request<Page<Item>>('GET', path + cursor, { signal });
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
  return usePages<Task>(keys.taskList(states), path);
}

export function useTaskLog(id: string) {
  return useQuery({
    queryKey: keys.taskLog(id),
    queryFn: ({ signal }) =>
      request<Output<'getTaskLog'>>('GET', `/tasks/${encodeURIComponent(id)}/log?limit=2000`, {
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
  return usePages<AuditEntry>(keys.audit(filter), `/audit${auditQuery(filter)}`);
}

export function useVmEvents(id: string) {
  return usePages<VmEvent>(keys.vmEvents(id), `/vms/${encodeURIComponent(id)}/events`);
}

/** What happened last, to any machine. */
export function useRecentVmEvents() {
  return useQuery({
    queryKey: keys.recentVmEvents,
    queryFn: ({ signal }) =>
      request<Output<'listAnyVmEvents'>>('GET', `/vm-events?limit=${RECENT_EVENTS}`, { signal }),
  });
}

export function useRecordings(vmId: string) {
  return usePages<Recording>(keys.recordings(vmId), `/recordings?vmId=${encodeURIComponent(vmId)}`);
}

export function useStoredImages() {
  return useQuery({
    queryKey: keys.storedImages,
    queryFn: async ({ signal }) => {
      const { items } = await request<Output<'listImages'>>('GET', '/images', { signal });
      return items.flatMap((image) => ('kind' in image ? [image] : []));
    },
  });
}

export function useDoctor() {
  return useQuery({
    queryKey: keys.doctor,
    queryFn: async ({ signal }) =>
      (await request<Output<'examineHost'>>('GET', '/host/doctor', { signal })).findings,
  });
}

export function useDisks() {
  return useQuery({
    queryKey: keys.disks,
    queryFn: async ({ signal }) =>
      (await request<Output<'listDisks'>>('GET', '/disks', { signal })).items,
  });
}

export function useSettings(enabled: boolean) {
  return useQuery({
    queryKey: keys.settings,
    queryFn: ({ signal }) => request<Output<'getSettings'>>('GET', '/settings', { signal }),
    enabled,
  });
}

export function useUsers(enabled: boolean) {
  return useQuery({
    queryKey: keys.users,
    queryFn: async ({ signal }) =>
      (await request<Output<'listUsers'>>('GET', '/users', { signal })).items,
    enabled,
  });
}

export function useTokens() {
  return useQuery({
    queryKey: keys.tokens,
    queryFn: async ({ signal }) =>
      (await request<Output<'listTokens'>>('GET', '/tokens', { signal })).items,
  });
}

export function useSessions() {
  return useQuery({
    queryKey: keys.sessions,
    queryFn: async ({ signal }) =>
      (await request<Output<'listSessions'>>('GET', '/sessions', { signal })).items,
  });
}
