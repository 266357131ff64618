import type { ReactNode } from 'react';
import { LanguageMenu } from '../layout/language-menu';
import { LogoMark } from '../layout/logo';
import { ThemeMenu } from '../layout/theme-menu';

interface EntranceProps {
  readonly title: string;
  readonly description?: string | undefined;
  readonly children: ReactNode;
}

/** The frame of the pages before the console: sign-in and first run. */
export function Entrance({ title, description, children }: EntranceProps) {
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="flex justify-end px-4 pt-3">
        <LanguageMenu />
        <ThemeMenu />
      </header>
      <main className="mx-auto flex w-full max-w-[26rem] flex-1 flex-col justify-center px-4 pt-4 pb-[14vh]">
        <LogoMark className="mb-5 size-12" />
        <h1 className="font-semibold text-2xl tracking-tight">{title}</h1>
        {description && <p className="mt-1 text-base text-muted">{description}</p>}
        <div className="mt-6">{children}</div>
      </main>
    </div>
  );
}
