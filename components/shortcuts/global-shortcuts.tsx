'use client';

import { useCallback, useState } from 'react';
import type { AskAbout } from '../palette/use-palette-items';
import { onDemand } from '../ui/on-demand';
import { useGo } from '../unsaved/use-go';
import { useGoTo } from './use-go-to';
import { useShortcut } from './use-shortcut';

// Fetched when somebody asks for them.
const HelpSheet = onDemand(() => import('./help-sheet').then((module) => module.HelpSheet));
const Palette = onDemand(() => import('../palette/palette').then((module) => module.Palette));
const AskAboutVm = onDemand(() =>
  import('../vms/ask-about-vm').then((module) => module.AskAboutVm),
);

/** The keys that work on every page, and the button of those who have none. */
export function GlobalShortcuts({ opened, onOpen }: GlobalShortcutsProps) {
  const go = useGo();
  const goTo = useGoTo();
  const [asked, setAsked] = useState<Parameters<AskAbout>>();
  const answered = useCallback(() => setAsked(undefined), []);
  useShortcut('mod+k', () => onOpen(opened === 'palette' ? undefined : 'palette'));
  useShortcut('?', () => onOpen('help'));
  return (
    <>
      {goTo.map(({ keys, href }) => (
        <GoTo key={keys} keys={keys} onPress={() => go(href)} />
      ))}
      {opened === 'palette' && (
        <Palette
          onClose={() => onOpen(undefined)}
          onHelp={() => onOpen('help')}
          onAsk={(...about) => setAsked(about)}
        />
      )}
      {opened === 'help' && <HelpSheet onClose={() => onOpen(undefined)} />}
      {asked && <AskAboutVm vm={asked[0]} action={asked[1]} onDone={answered} />}
    </>
  );
}

export type Opened = 'palette' | 'help' | undefined;

interface GlobalShortcutsProps {
  readonly opened: Opened;
  readonly onOpen: (opened: Opened) => void;
}

function GoTo({ keys, onPress }: { readonly keys: string; readonly onPress: () => void }) {
  useShortcut(keys, onPress);
  return null;
}
