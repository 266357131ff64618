'use client';

import type { RefObject } from 'react';
import type { Vm } from '@/server/api/vms';
import { useText } from '../../i18n/use-text';
import { ConfirmDialog } from '../../ui/confirm-dialog';
import { StateBadge } from '../state-badge';
import type { BulkAction, BulkPlan } from './bulk-plan';

/** So many names are told; the others are counted. */
const NAMED = 8;

interface BulkConfirmProps {
  readonly action: BulkAction;
  readonly plan: BulkPlan;
  readonly returnFocus: RefObject<HTMLElement | null>;
  readonly onCancel: () => void;
  readonly onConfirm: (affected: readonly Vm[]) => void;
}

/** What is about to happen, to how many in which state, before it happens. */
export function BulkConfirm({ action, plan, returnFocus, onCancel, onConfirm }: BulkConfirmProps) {
  const t = useText();
  const { affected, byState, left } = plan;
  const count = affected.length;
  const names = affected.slice(0, NAMED).map(({ name }) => name);
  const verb = t(`vms.${action}`);
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => {
        if (!open) onCancel();
      }}
      title={t(count === 1 ? 'list.confirmOne' : 'list.confirmOther', { action: verb, count })}
      body={t(`list.${action}Effect`)}
      confirmLabel={t(count === 1 ? 'list.confirmOne' : 'list.confirmOther', {
        action: verb,
        count,
      })}
      danger={action === 'stop' || action === 'delete'}
      returnFocus={returnFocus}
      onConfirm={() => onConfirm(affected)}
    >
      <ul className="flex flex-wrap gap-2">
        {byState.map(({ state, count: many }) => (
          <li key={state} className="flex items-center gap-1.5 tabular-nums">
            {many} <StateBadge state={state} />
          </li>
        ))}
      </ul>
      <p className="mt-3 break-words text-sm">
        {names.join(', ')}
        {count > NAMED && ` ${t('list.andMore', { count: count - NAMED })}`}
      </p>
      {left.length > 0 && (
        <p className="mt-2 text-muted text-sm">
          {t(left.length === 1 ? 'list.leftOne' : 'list.leftOther', { count: left.length })}
        </p>
      )}
    </ConfirmDialog>
  );
}
