import {
  type RefObject,
  useCallback,
  useEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import { onWake } from '@/components/api/wake';
import { formatBytes } from '@/components/i18n/format';
import { useText } from '@/components/i18n/use-text';
import { isFocusFree } from '@/components/ui/focus-main';
import type { ConsolePeople } from '@/server/api/console';
import type { Vm } from '@/server/api/vms';
import { ConsoleConnection, type ConsoleStatus } from './console-connection';
import { vmConsoleTransport } from './vm-console-transport';
import { type ScreenEvents, type ScreenLook, XtermScreen } from './xterm-screen';

export interface ConsoleSession {
  readonly screen: XtermScreen;
  readonly connection: ConsoleConnection;
}

/** What a view wants to hear of; bytes go their way without it. */
export type ViewEvents = Omit<ScreenEvents, 'input'>;

const IDLE: ConsoleStatus = { phase: 'idle' };

/** A terminal in `place`, connected to the machine for as long as the view stands. */
export function useConsoleSession(
  vmId: string,
  place: RefObject<HTMLElement | null>,
  look: ScreenLook,
  events: ViewEvents,
): ConsoleSession | undefined {
  const t = useText();
  const [session, setSession] = useState<ConsoleSession>();
  // The terminal outlives renders; it asks for the newest of these when it needs them.
  const latest = useRef({ look, events, t });
  useEffect(() => {
    latest.current = { look, events, t };
  });

  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const screen = new XtermScreen(
      latest.current.look,
      {
        input: (bytes) => connection.input(bytes),
        shortcut: (event) => latest.current.events.shortcut(event),
        selection: (has) => latest.current.events.selection(has),
        found: (index, count) => latest.current.events.found(index, count),
        manyLines: (text) => latest.current.events.manyLines(text),
      },
      (bytes) => latest.current.t('machine.gap', { size: formatBytes(bytes) }),
    );
    const connection = new ConsoleConnection(vmConsoleTransport(vmId), screen);
    const unsubscribe = connection.subscribe(() => {
      const { phase } = connection.status;
      if (phase === 'attached' || phase === 'live') screen.connected();
    });
    screen.open(element);
    // Who comes by a link wants to type; who walks along the tabs by keys is not pulled away.
    if (isFocusFree()) screen.focus();
    setSession({ screen, connection });
    const stopWatching = keepFitted(element, screen);
    const renew = () => connection.renew();
    const stopWaking = onWake(renew);
    window.addEventListener('online', renew);
    connection.connect();
    return () => {
      stopWaking();
      window.removeEventListener('online', renew);
      stopWatching();
      unsubscribe();
      connection.close();
      screen.dispose();
      setSession(undefined);
    };
  }, [vmId, place]);

  useEffect(() => {
    session?.screen.setLook(look);
  }, [session, look]);

  return session;
}

export function useConsoleStatus(session: ConsoleSession | undefined): ConsoleStatus {
  return useOfConnection(session, (connection) => connection.status) ?? IDLE;
}

/** Who is at the console; undefined while it is not connected. */
export function useConsolePeople(session: ConsoleSession | undefined): ConsolePeople | undefined {
  return useOfConnection(session, (connection) => connection.people);
}

/** The end of a run and the beginning of the next come by different ways, in any order. */
const RUNS_AGAIN_MS = 300;

/** A run that ended and begins again is connected to again. */
export function useReconnectOnStart(
  session: ConsoleSession | undefined,
  status: ConsoleStatus,
  { state, stateSince }: Vm,
): void {
  const hasEnded = status.phase === 'ended';
  // Each new state is a new try.
  const runsSince = state === 'starting' || state === 'running' ? stateSince : undefined;
  useEffect(() => {
    if (!hasEnded || runsSince === undefined) return undefined;
    const timer = setTimeout(() => session?.connection.connect(), RUNS_AGAIN_MS);
    return () => clearTimeout(timer);
  }, [session, hasEnded, runsSince]);
}

/** @param select gives the same object until something changed */
function useOfConnection<T>(
  session: ConsoleSession | undefined,
  select: (connection: ConsoleConnection) => T,
): T | undefined {
  const subscribe = useCallback(
    (listener: () => void) => session?.connection.subscribe(listener) ?? (() => {}),
    [session],
  );
  return useSyncExternalStore(
    subscribe,
    () => (session === undefined ? undefined : select(session.connection)),
    () => undefined,
  );
}

function keepFitted(element: HTMLElement, screen: XtermScreen): () => void {
  const observer = new ResizeObserver(() => {
    // A hidden tab has no size; fitting to it would leave two columns.
    if (element.clientWidth > 0) screen.fit();
  });
  observer.observe(element);
  return () => observer.disconnect();
}
