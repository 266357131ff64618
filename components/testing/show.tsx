import { render, screen } from '@testing-library/react';
import { type UserEvent, userEvent } from '@testing-library/user-event';
import type { ReactElement } from 'react';
import { vi } from 'vitest';
import type { Role } from '@/server/api/session';
import { EventsProvider } from '../api/events';
import { MockConsole } from '../api/testing/mock/mock-console';
import type { World } from '../api/testing/mock/world';
import { LanguageProvider } from '../i18n/language-provider';
import type { Language } from '../i18n/languages';
import { zh } from '../i18n/zh/translation';
import { Providers } from '../layout/providers';
import { Navigation, type TestRouter, testRouter } from './navigation';

interface ShowOptions {
  /** Path and query of the page. */
  readonly at?: string;
  /** Who is signed in. */
  readonly as?: Role;
  readonly language?: Language;
  /** Sets up what the console knows, before the page asks. */
  readonly given?: (world: World, console: MockConsole) => void;
  /** The page brings the stream of events itself, as the shell does. */
  readonly ownEvents?: boolean;
}

export interface Shown {
  readonly console: MockConsole;
  readonly world: World;
  readonly router: TestRouter;
  /** The person at the page. */
  readonly person: UserEvent;
}

/** Draws a page as a browser would, on a console in memory. */
export function show(
  page: ReactElement,
  { at = '/', as = 'admin', language = 'en', given, ownEvents = false }: ShowOptions = {},
): Shown {
  const console = new MockConsole();
  console.world.signIn(as);
  given?.(console.world, console);
  vi.stubGlobal('fetch', console.fetch);
  vi.stubGlobal('EventSource', console.EventSource);
  window.history.replaceState(null, '', at);
  const router = testRouter();
  render(
    <Navigation router={router}>
      <LanguageProvider language={language} translation={language === 'zh' ? zh : undefined}>
        <Providers nonce={undefined}>
          {ownEvents ? page : <EventsProvider>{page}</EventsProvider>}
        </Providers>
      </LanguageProvider>
    </Navigation>,
  );
  return { console, world: console.world, router, person: userEvent.setup({ delay: null }) };
}

/** Why a button or an item of a menu cannot be pressed, as a screen reader says it; '' when it can. */
export function reasonOf(element: HTMLElement): string {
  if (element.getAttribute('aria-disabled') !== 'true') return '';
  const described = element.getAttribute('aria-describedby');
  const reason =
    described === null
      ? element.lastElementChild?.lastElementChild
      : document.getElementById(described);
  return reason?.textContent ?? '';
}

/** What stands under a field that is wrong, for who cannot see it too. */
export function complaintOf(control: HTMLElement): string | null | undefined {
  const [id = ''] = control.getAttribute('aria-describedby')?.split(' ') ?? [];
  return control.getAttribute('aria-invalid')
    ? document.getElementById(id)?.textContent
    : undefined;
}

/** What was said in the corner of the page. */
export function said(text: string | RegExp): Promise<HTMLElement> {
  return screen.findByText(text);
}

/** Puts words where the cursor of a field is, all at once: letter by letter takes its time. */
export async function write(person: UserEvent, field: HTMLElement, words: string): Promise<void> {
  await person.click(field);
  await person.paste(words);
}
