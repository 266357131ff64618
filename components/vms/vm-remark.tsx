'use client';

import type { Vm } from '@/server/api/vms';
import { useReader } from '../i18n/language-provider';

/** What the state alone does not say: that nobody answers, what a start waits for, why it failed, why it crashed. */
export function VmRemark({ vm }: { readonly vm: Vm }) {
  const { t, say } = useReader();
  if (vm.silentSince !== null) {
    return <p className="text-crashed text-xs">{t('vms.silent')}</p>;
  }
  if (vm.waitingFor !== null) {
    return (
      <p className="text-muted text-xs">{t('vms.waitingFor', { what: say(vm.waitingFor) })}</p>
    );
  }
  if (vm.crash !== null) {
    return <p className="line-clamp-2 text-crashed text-xs">{say(vm.crash.message)}</p>;
  }
  if (vm.problem !== null) {
    return (
      <p className="line-clamp-2 text-crashed text-xs">
        {t('vms.lastStartFailed', { detail: say(vm.problem.detail) })}
      </p>
    );
  }
  return null;
}
