'use client';

import { X } from 'lucide-react';
import { useRef, useState } from 'react';
import type { Vm } from '@/server/api/vms';
import { useCannotRun } from '../../host/use-cannot-run';
import { useText } from '../../i18n/use-text';
import { useForbidden } from '../../session/use-forbidden';
import { Button } from '../../ui/button';
import { DeleteIcon, PauseIcon, ShutdownIcon, StartIcon, StopIcon } from '../vm-icons';
import { BulkConfirm } from './bulk-confirm';
import { BULK_ACTIONS, type BulkAction, bulkPlan } from './bulk-plan';
import { useBulk } from './use-bulk';

interface BulkBarProps {
  /** Those that are chosen. */
  readonly vms: readonly Vm[];
  readonly onClear: () => void;
}

const ICONS = {
  start: <StartIcon />,
  shutdown: <ShutdownIcon />,
  stop: <StopIcon />,
  pause: <PauseIcon />,
  resume: <StartIcon />,
  delete: <DeleteIcon />,
} as const satisfies Record<BulkAction, React.ReactNode>;

/** What can be done with the machines that are chosen; it stays in sight while the list scrolls. */
export function BulkBar({ vms, onClear }: BulkBarProps) {
  const t = useText();
  const forbidden = useForbidden();
  const cannotRun = useCannotRun();
  const { done, total, run } = useBulk();
  const [asking, setAsking] = useState<BulkAction>();
  const bar = useRef<HTMLElement>(null);
  const isBusy = total > 0;

  const reasonNot = (action: BulkAction): string | undefined => {
    if (forbidden !== undefined) return forbidden;
    if (action === 'start' && cannotRun !== undefined) return cannotRun;
    return bulkPlan(vms, action).affected.length === 0 ? t('list.noneAllows') : undefined;
  };
  return (
    <section
      ref={bar}
      tabIndex={-1}
      aria-label={t('list.bulk')}
      className="sticky bottom-4 z-20 flex animate-rise flex-wrap items-center gap-x-1 gap-y-0.5 rounded-xl border border-line bg-raised px-3 py-2 sm:px-4 shadow-float outline-none"
    >
      <p role="status" className="mr-2 font-medium tabular-nums max-sm:w-full max-sm:py-1">
        {isBusy
          ? t('list.underWay', { done, total })
          : t(vms.length === 1 ? 'list.chosenOne' : 'list.chosenOther', { count: vms.length })}
      </p>
      {BULK_ACTIONS.map((action) => (
        <Button
          key={action}
          size="sm"
          variant={action === 'delete' ? 'dangerGhost' : 'ghost'}
          disabledReason={isBusy ? t('list.waitForIt') : reasonNot(action)}
          onClick={() => setAsking(action)}
        >
          {ICONS[action]} {t(`vms.${action}`)}
        </Button>
      ))}
      <Button
        size="iconSm"
        variant="ghost"
        className="ml-auto max-sm:absolute max-sm:top-1.5 max-sm:right-2"
        label={t('list.clearChosen')}
        onClick={onClear}
      >
        <X aria-hidden />
      </Button>
      {asking !== undefined && (
        <BulkConfirm
          action={asking}
          plan={bulkPlan(vms, asking)}
          returnFocus={bar}
          onCancel={() => setAsking(undefined)}
          onConfirm={(affected) => {
            setAsking(undefined);
            void run(asking, affected);
          }}
        />
      )}
    </section>
  );
}
