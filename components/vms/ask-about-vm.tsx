'use client';

import { usePathname, useRouter } from 'next/navigation';
import { useEffect, useRef } from 'react';
import type { Vm } from '@/server/api/vms';
import { type AskedAction, useVmCommands } from './use-vm-commands';
import { VmConfirm } from './vm-confirm';
import { vmPath } from './vm-paths';

interface AskAboutVmProps {
  readonly vm: Vm;
  readonly action: AskedAction;
  /** The question was answered, or is not to be asked any more. */
  readonly onDone: () => void;
}

/** The question before an action that was not chosen at the machine itself. */
export function AskAboutVm({ vm, action, onDone }: AskAboutVmProps) {
  const router = useRouter();
  const isShown = usePathname() === vmPath(vm.id);
  const commands = useVmCommands(vm, {
    asking: action,
    // Its own page has nothing to show any more.
    onDeleted: () => isShown && router.push('/machines'),
  });
  const nowhere = useRef<HTMLButtonElement>(null);
  const isAnswered = commands.asking === undefined && !commands[action].pending;
  useEffect(() => {
    if (isAnswered) onDone();
  }, [isAnswered, onDone]);
  return <VmConfirm vm={vm} commands={commands} menuButton={nowhere} />;
}
