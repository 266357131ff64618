'use client';

import type { Vm } from '@/server/api/vms';
import { useText } from '../i18n/use-text';

/** What the state alone does not say: what a start waits for, why it failed, why it crashed. */
export function VmRemark({ vm }: { readonly vm: Vm }) {
  const t = useText();
  if (vm.waitingFor !== null) {
    return <p className="text-muted text-xs">{t('vms.waitingFor', { what: vm.waitingFor })}</p>;
  }
  if (vm.crash !== null) {
    return <p className="line-clamp-2 text-crashed text-xs">{vm.crash.message}</p>;
  }
  if (vm.problem !== null) {
    return (
      <p className="line-clamp-2 text-crashed text-xs">
        {t('vms.lastStartFailed', { detail: vm.problem.detail })}
      </p>
    );
  }
  return null;
}
