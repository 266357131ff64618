import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { Output } from '@/server/api/client';
import { isDefaultImage } from '@/server/api/default-image';
import type { Vm } from '@/server/api/vms';
import { request } from './client';
import { keys } from './keys';

/** Events keep lists and machines current, so an answer does not age by itself. */
const KEPT_BY_EVENTS = { staleTime: Number.POSITIVE_INFINITY } as const;
/** Free memory and disk are told by no event. */
const HOST_REFRESH_MS = 10_000;

export function useSession() {
  return useQuery({
    queryKey: keys.session,
    queryFn: ({ signal }) => request<Output<'getSession'>>('GET', '/session', { signal }),
    staleTime: 60_000,
  });
}

/** @param options.live ask again and again while the tab is seen */
export function useHost({ live = false }: { live?: boolean } = {}) {
  return useQuery({
    queryKey: keys.host,
    queryFn: ({ signal }) => request<Output<'getHost'>>('GET', '/host', { signal }),
    staleTime: HOST_REFRESH_MS,
    refetchInterval: live ? HOST_REFRESH_MS : false,
  });
}

export function useImages() {
  return useQuery({
    queryKey: keys.images,
    queryFn: async ({ signal }) =>
      (await request<Output<'listImages'>>('GET', '/images', { signal })).items.filter(
        isDefaultImage,
      ),
    ...KEPT_BY_EVENTS,
  });
}

export function useVms() {
  return useQuery({
    queryKey: keys.vms,
    queryFn: async ({ signal }) =>
      (await request<Output<'listVms'>>('GET', '/vms', { signal })).items,
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
      request<Output<'getVm'>>('GET', `/vms/${encodeURIComponent(id)}`, { signal }),
    ...(known === undefined ? {} : { placeholderData: known }),
    ...KEPT_BY_EVENTS,
  });
}
