'use client';

import { Eye, Keyboard } from 'lucide-react';
import { useText } from '@/components/i18n/use-text';
import { Button } from '@/components/ui/button';
import { Tooltip } from '@/components/ui/tooltip';
import type { ConsolePeople as People } from '@/server/api/console';

interface ConsolePeopleProps {
  readonly people: People;
  readonly onControl: (take: boolean) => void;
}

/** Who types, and who else watches. Says nothing to somebody who is alone and in control. */
export function ConsolePeople({ people, onControl }: ConsolePeopleProps) {
  const t = useText();
  const { you, writer, viewers } = people;
  const own = viewers.find(({ id }) => id === you);
  if (own === undefined || (viewers.length === 1 && (writer === you || !own.mayWrite))) return null;
  const typing = viewers.find(({ id }) => id === writer);
  const words =
    typing === undefined
      ? t('machine.nobodyTypes')
      : typing === own
        ? t('machine.youType')
        : t('machine.otherTypes', { name: typing.name });
  return (
    <div className="flex min-w-0 items-center gap-2 text-muted text-sm">
      <Tooltip content={viewers.map(({ name }) => name).join(', ')}>
        <span className="flex items-center gap-1 tabular-nums">
          <Eye aria-hidden className="size-4" />
          <span className="sr-only">{t('machine.watching')}</span>
          {viewers.length}
        </span>
      </Tooltip>
      <span role="status" className="flex min-w-0 items-center gap-1">
        <Keyboard aria-hidden className="size-4 shrink-0" />
        <span className="truncate">{words}</span>
      </span>
      {own.mayWrite && (
        <Button variant="ghost" size="sm" onClick={() => onControl(typing !== own)}>
          {typing === own ? t('machine.releaseControl') : t('machine.takeControl')}
        </Button>
      )}
    </div>
  );
}
