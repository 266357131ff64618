import { useQuery, useQueryClient } from '@tanstack/react-query';
import { hostSchema } from '@/server/api/host';
import { imageListSchema } from '@/server/api/images';
import { sessionSchema } from '@/server/api/session';
import { type Vm, vmListSchema, vmSchema } from '@/server/api/vms';
import { request } from './client';
import { keys } from './keys';

/** Events keep lists and machines current, so an answer does not age by itself. */
const KEPT_BY_EVENTS = { staleTime: Number.POSITIVE_INFINITY } as const;
/** Free memory and disk are told by no event. */
const HOST_REFRESH_MS = 10_000;

export function useSession() {
  return useQuery({
    queryKey: keys.session,
    queryFn: ({ signal }) => request('GET', '/session', { schema: sessionSchema, signal }),
    staleTime: 60_000,
  });
}

/** @param options.live ask again and again while the tab is seen */
export function useHost({ live = false }: { live?: boolean } = {}) {
  return useQuery({
    queryKey: keys.host,
    queryFn: ({ signal }) => request('GET', '/host', { schema: hostSchema, signal }),
    staleTime: HOST_REFRESH_MS,
    refetchInterval: live ? HOST_REFRESH_MS : false,
  });
}

export function useImages() {
  return useQuery({
    queryKey: keys.images,
    queryFn: async ({ signal }) =>
      (await request('GET', '/images', { schema: imageListSchema, signal })).items,
    ...KEPT_BY_EVENTS,
  });
}

export function useVms() {
  return useQuery({
    queryKey: keys.vms,
    queryFn: async ({ signal }) =>
      (await request('GET', '/vms', { schema: vmListSchema, signal })).items,
    ...KEPT_BY_EVENTS,
  });
}

export function useVm(id: string) {
  // Who comes from the list sees the machine at once.
  const known = useQueryClient()
    .getQueryData<Vm[]>(keys.vms)
    ?.find((vm) => vm.id === id);
  return useQuery({
    queryKey: keys.vm(id),
    queryFn: ({ signal }) =>
      request('GET', `/vms/${encodeURIComponent(id)}`, { schema: vmSchema, signal }),
    ...(known === undefined ? {} : { placeholderData: known }),
    ...KEPT_BY_EVENTS,
  });
}
