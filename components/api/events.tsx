'use client';

import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useState,
  useSyncExternalStore,
} from 'react';
import { say } from '../i18n/reader';
import { toast } from '../ui/toast';
import { applyEvent, refetchAll } from './apply-event';
import { API } from './client';
import { EventConnection, type LinkState } from './event-connection';
import { keys } from './keys';
import { onWake } from './wake';

/** A hidden tab gives its connection back, of which a browser has six for one address. */
const HIDDEN_GRACE_MS = 15_000;

const Connection = createContext<EventConnection | undefined>(undefined);

/** Keeps everything below it current by one stream of events. */
export function EventsProvider({ children }: { readonly children: ReactNode }) {
  const client = useQueryClient();
  const [connection] = useState(() => createConnection(client));
  useEffect(() => {
    connection.start();
    const stopWatching = watchVisibility(connection);
    const again = () => connection.retryNow();
    const stopWaking = onWake(again);
    window.addEventListener('online', again);
    return () => {
      stopWatching();
      stopWaking();
      window.removeEventListener('online', again);
      connection.stop();
    };
  }, [connection]);
  return <Connection value={connection}>{children}</Connection>;
}

interface EventLink {
  readonly state: LinkState;
  readonly retryNow: () => void;
}

export function useEventLink(): EventLink {
  const connection = useContext(Connection);
  const state = useSyncExternalStore(
    connection?.subscribe ?? subscribeToNothing,
    connection?.state ?? initialState,
    initialState,
  );
  return { state, retryNow: () => connection?.retryNow() };
}

/** Outside of the provider, for example before anybody has signed in. */
const subscribeToNothing = () => () => {};
const initialState = (): LinkState => 'connecting';

function createConnection(client: QueryClient): EventConnection {
  return new EventConnection({
    connect: () => new EventSource(`${API}/events`),
    onEvent: (event) =>
      applyEvent(client, event, ({ code, detail, hint }) =>
        toast('warning', say(detail), { id: code, description: say(hint), duration: 20_000 }),
      ),
    onFresh: () => refetchAll(client),
    onRefused: () => void client.invalidateQueries({ queryKey: keys.session }),
  });
}

function watchVisibility(connection: EventConnection): () => void {
  let grace: ReturnType<typeof setTimeout> | undefined;
  const onChange = () => {
    clearTimeout(grace);
    if (document.visibilityState === 'visible') connection.start();
    else grace = setTimeout(() => connection.stop(), HIDDEN_GRACE_MS);
  };
  document.addEventListener('visibilitychange', onChange);
  return () => {
    clearTimeout(grace);
    document.removeEventListener('visibilitychange', onChange);
  };
}
