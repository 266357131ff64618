import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import type { Session } from '@/server/api/session';
import { ApiError } from './api-error';
import { keys } from './keys';

const RETRIES = 2;

/** Also for what makes something, as long as it says so (`creates`). */
export function retryUnreached(failures: number, error: Error): boolean {
  return error instanceof ApiError && error.unreachable && failures < RETRIES;
}

export function createQueryClient(): QueryClient {
  const onError = (error: Error) => {
    if (error instanceof ApiError && error.code === 'sign-in-needed') endSession(client);
  };
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        // Events tell of changes; coming back to the tab needs no second round.
        refetchOnWindowFocus: false,
        // The console may be on this very device, which has no network.
        networkMode: 'always',
        // An answer with a reason stays the same when asked again.
        retry: retryUnreached,
      },
      mutations: { networkMode: 'always' },
    },
  });
  return client;
}

/** The session gate sees it and leads to the sign-in. */
function endSession(client: QueryClient): void {
  client.setQueryData<Session>(keys.session, { user: null, firstRun: false });
}
