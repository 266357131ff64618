'use client';

import '@xterm/xterm/css/xterm.css';
import { clsx } from 'clsx';
import { useMemo, useRef, useState } from 'react';
import { usePageTheme } from '@/components/charts/use-page-theme';
import { useReader } from '@/components/i18n/language-provider';
import { useText } from '@/components/i18n/use-text';
import { useForbidden } from '@/components/session/use-forbidden';
import { Button } from '@/components/ui/button';
import { useVmCommands } from '@/components/vms/use-vm-commands';
import { StartIcon } from '@/components/vms/vm-icons';
import type { Vm } from '@/server/api/vms';
import { copySelection, pasteInto } from './clipboard';
import { ConsolePeople } from './console-people';
import { ConsoleStatusLine } from './console-status-line';
import { PasteQuestion } from './paste-question';
import { type Found, TerminalSearch } from './terminal-search';
import { terminalTheme } from './terminal-theme';
import { TerminalTools } from './terminal-tools';
import {
  useConsolePeople,
  useConsoleSession,
  useConsoleStatus,
  useReconnectOnStart,
} from './use-console-session';
import { useFullScreen } from './use-full-screen';
import { useTerminalSettings } from './use-terminal-settings';

interface TerminalViewProps {
  readonly vm: Vm;
  /** On a page among other things, or in a window that has nothing else. */
  readonly place?: 'page' | 'window';
}

/** The console of one machine: a terminal, how it is connected, and its tools. */
export function TerminalView({ vm, place: where = 'page' }: TerminalViewProps) {
  const t = useText();
  const frame = useRef<HTMLElement>(null);
  const place = useRef<HTMLDivElement>(null);
  const [searching, setSearching] = useState(false);
  const [found, setFound] = useState<Found>();
  const [hasSelection, setHasSelection] = useState(false);
  const [pasting, setPasting] = useState<string>();
  const fullScreen = useFullScreen(frame);
  const { settings } = useTerminalSettings();
  const theme = usePageTheme();
  const look = useMemo(
    () => ({ ...settings, theme: terminalTheme(theme), isDark: theme === 'dark' }),
    [settings, theme],
  );

  const session = useConsoleSession(vm.id, place, look, {
    shortcut: (event) => {
      if (!event.ctrlKey || !event.shiftKey) return false;
      if (event.code === 'KeyF') setSearching(true);
      else if (event.code === 'KeyC' && session) void copySelection(session.screen);
      // The guest gets the Tab key; without this the keyboard would not find its way out.
      else if (event.code === 'KeyM') frame.current?.querySelector('button')?.focus();
      else return false;
      return true;
    },
    selection: setHasSelection,
    found: (index, count) => setFound({ index, count }),
    manyLines: setPasting,
  });
  const status = useConsoleStatus(session);
  const people = useConsolePeople(session);
  useReconnectOnStart(session, status, vm);

  const endSearch = () => {
    setSearching(false);
    session?.screen.endSearch();
    session?.screen.focus();
  };

  return (
    <section
      ref={frame}
      aria-label={t('machine.terminalLabel', { name: vm.name })}
      className={clsx(
        'flex flex-col overflow-hidden border-line bg-surface',
        fullScreen.active
          ? 'h-dvh'
          : where === 'window'
            ? 'min-h-0 flex-1'
            : 'h-[calc(100dvh-17rem)] min-h-[22rem] rounded-lg border shadow-lift',
      )}
    >
      <header className="flex min-h-11 items-center justify-between gap-2 border-line border-b py-1 pr-1.5 pl-3.5">
        <div className="flex min-w-0 flex-wrap items-center gap-x-4">
          <ConsoleStatusLine status={status} onRetry={() => session?.connection.connect()} />
          {people && (
            <ConsolePeople
              people={people}
              onControl={(take) => {
                session?.connection.control(take);
                if (take) session?.screen.focus();
              }}
            />
          )}
        </div>
        <TerminalTools
          vm={vm}
          hasSelection={hasSelection}
          fullScreen={fullScreen.active}
          inWindow={where === 'window'}
          onSearch={() => setSearching(true)}
          onCopy={() => session && void copySelection(session.screen)}
          onPaste={() => session && void pasteInto(session.screen)}
          onFullScreen={() => void fullScreen.toggle()}
        />
      </header>
      <ConsoleNotice vm={vm} status={status} />
      <div
        className="relative min-h-0 flex-1 py-2 pl-3"
        style={{ background: look.theme.background }}
      >
        {searching && (
          <TerminalSearch
            found={found}
            onFind={(text, direction, incremental) =>
              session?.screen.find(text, direction, incremental)
            }
            onClose={endSearch}
          />
        )}
        <div ref={place} className="h-full font-mono" />
      </div>
      {pasting !== undefined && (
        <PasteQuestion
          text={pasting}
          onCancel={() => setPasting(undefined)}
          onPaste={() => {
            setPasting(undefined);
            session?.screen.pasteAll(pasting);
          }}
        />
      )}
    </section>
  );
}

interface ConsoleNoticeProps {
  readonly vm: Vm;
  readonly status: ReturnType<typeof useConsoleStatus>;
}

/** What a person has to know beside the terminal: why nothing comes, why typing does nothing. */
function ConsoleNotice({ vm, status }: ConsoleNoticeProps) {
  const { t, say } = useReader();
  const forbidden = useForbidden();
  const { start } = useVmCommands(vm);
  if (status.phase === 'refused') {
    return (
      <p role="alert" className={clsx(BAR, 'bg-crashed-soft text-crashed')}>
        {say(status.refusal.detail)} {say(status.refusal.hint)}
      </p>
    );
  }
  if (status.phase === 'ended' && (vm.state === 'stopped' || vm.state === 'crashed')) {
    const crashed = vm.state === 'crashed';
    return (
      <div className={clsx(BAR, crashed ? 'bg-crashed-soft' : 'bg-sunken')}>
        <span>{crashed ? t('machine.endedCrashed') : t('machine.endedStopped')}</span>
        <Button
          size="sm"
          variant="primary"
          disabledReason={start.reason}
          pending={start.pending}
          onClick={start.run}
        >
          <StartIcon /> {t('machine.start')}
        </Button>
      </div>
    );
  }
  if (forbidden !== undefined)
    return <p className={clsx(BAR, 'bg-sunken')}>{t('machine.readOnly')}</p>;
  return null;
}

const BAR =
  'flex flex-wrap items-center justify-between gap-x-4 gap-y-2 border-line border-b px-3.5 py-2 text-sm';
