'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Vm } from '@/server/api/vms';
import { causeAndHint } from '../../api/api-error';
import { actOnVm } from '../../api/vm-calls';
import { useText } from '../../i18n/use-text';
import { toast } from '../../ui/toast';
import type { BulkAction } from './bulk-plan';
import { runBulk } from './run-bulk';

/** So many failures are told with their cause. */
const TOLD = 3;
const LONG_MS = 20_000;

/** Does one thing to several machines and tells how it went. */
export function useBulk() {
  const t = useText();
  const client = useQueryClient();
  const [progress, setProgress] = useState({ done: 0, total: 0 });

  const run = async (action: BulkAction, vms: readonly Vm[]) => {
    setProgress({ done: 0, total: vms.length });
    const failures = await runBulk(vms, (vm) =>
      actOnVm(client, vm.id, action).finally(() =>
        setProgress(({ done, total }) => ({ done: done + 1, total })),
      ),
    );
    setProgress({ done: 0, total: 0 });
    const verb = t(`vms.${action}`);
    const done = vms.length - failures.length;
    if (failures.length === 0) {
      toast('success', t('list.allDone', { action: verb, count: done }));
      return;
    }
    toast('error', t('list.someFailed', { action: verb, done, failed: failures.length }), {
      description: failures
        .slice(0, TOLD)
        .map(({ item, error }) => `${item.name}: ${causeAndHint(error).detail}`)
        .join('\n'),
      duration: LONG_MS,
      className: 'whitespace-pre-line',
    });
  };
  return { ...progress, run };
}
