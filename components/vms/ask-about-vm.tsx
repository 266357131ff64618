'use client';

import { useEffect, useRef } from 'react';
import type { Vm } from '@/server/api/vms';
import { type AskedAction, useVmCommands } from './use-vm-commands';
import { VmConfirm } from './vm-confirm';

interface AskAboutVmProps {
  readonly vm: Vm;
  readonly action: AskedAction;
  /** The question was answered, or is not to be asked any more. */
  readonly onDone: () => void;
}

/** The question before an action that was not chosen at the machine itself. */
export function AskAboutVm({ vm, action, onDone }: AskAboutVmProps) {
  const commands = useVmCommands(vm, { asking: action });
  const nowhere = useRef<HTMLButtonElement>(null);
  const isAnswered = commands.asking === undefined && !commands[action].pending;
  useEffect(() => {
    if (isAnswered) onDone();
  }, [isAnswered, onDone]);
  return <VmConfirm vm={vm} commands={commands} menuButton={nowhere} />;
}
