'use client';

import { type ReactNode, useState } from 'react';
import { EventsProvider } from '../api/events';
import { useText } from '../i18n/use-text';
import { GlobalShortcuts, type Opened } from '../shortcuts/global-shortcuts';
import { useRouteFocus } from '../ui/use-route-focus';
import { LeaveQuestion } from '../unsaved/leave-question';
import { KvmBanner } from './kvm-banner';
import { LinkBanner } from './link-banner';
import { Navigation } from './navigation';
import { TopBar } from './top-bar';

const MAIN_ID = 'content';

/** The frame of every page behind the sign-in. */
export function ConsoleShell({ children }: { readonly children: ReactNode }) {
  const t = useText();
  const [opened, setOpened] = useState<Opened>();
  useRouteFocus();
  return (
    <EventsProvider>
      <a
        href={`#${MAIN_ID}`}
        className="sr-only z-50 rounded-md bg-accent px-4 py-2 font-medium text-accent-ink focus:not-sr-only focus:fixed focus:top-3 focus:left-3"
      >
        {t('common.skipToContent')}
      </a>
      <GlobalShortcuts opened={opened} onOpen={setOpened} />
      <LeaveQuestion />
      <div className="lg:grid lg:grid-cols-[15rem_minmax(0,1fr)]">
        <div className="sticky top-0 hidden h-dvh overflow-y-auto border-line border-r bg-surface lg:block">
          <Navigation />
        </div>
        <div className="flex min-h-dvh min-w-0 flex-col">
          <TopBar onOpen={setOpened} />
          <main
            id={MAIN_ID}
            tabIndex={-1}
            className="mx-auto flex w-full max-w-[110rem] flex-1 flex-col gap-5 px-4 py-5 outline-none sm:px-6 sm:py-7"
          >
            <div className="flex flex-col gap-3 empty:hidden">
              <LinkBanner />
              <KvmBanner />
            </div>
            {children}
          </main>
        </div>
      </div>
    </EventsProvider>
  );
}
