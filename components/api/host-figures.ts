'use client';

import { useQuery } from '@tanstack/react-query';
import { request } from './client';
import { keys } from './keys';
import { schemas } from './schemas';

const REFRESH_MS = 5000;

/** The host's figures of now; nobody is asked while the tab is hidden. */
export function useHostFigures() {
  return useQuery({
    queryKey: keys.hostMetrics,
    queryFn: ({ signal }) =>
      request('GET', '/host/metrics', { schema: schemas.hostMetrics, signal }),
    refetchInterval: REFRESH_MS,
  });
}
