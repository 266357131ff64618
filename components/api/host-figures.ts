'use client';

import { useQuery } from '@tanstack/react-query';
import type { Output } from '@/server/api/client';
import { request } from './client';
import { keys } from './keys';

const REFRESH_MS = 5000;

/** The host's figures of now; nobody is asked while the tab is hidden. */
export function useHostFigures() {
  return useQuery({
    queryKey: keys.hostMetrics,
    queryFn: ({ signal }) => request<Output<'getHostMetrics'>>('GET', '/host/metrics', { signal }),
    refetchInterval: REFRESH_MS,
  });
}
