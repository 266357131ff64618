'use client';

import type { RefObject } from 'react';
import type { Vm } from '@/server/api/vms';
import type { TextKey, TextValues } from '../i18n/catalogue';
import { useText } from '../i18n/use-text';
import { onDemand } from '../ui/on-demand';
import type { AskedAction, VmCommands } from './use-vm-commands';

// Fetched when something is asked; most visits ask nothing.
const ConfirmDialog = onDemand(() =>
  import('../ui/confirm-dialog').then((module) => module.ConfirmDialog),
);

const DeleteVmDialog = onDemand(() =>
  import('./delete-vm-dialog').then((module) => module.DeleteVmDialog),
);

type TitleKey = 'vms.stopTitle' | 'vms.resetTitle';

const WORDS = {
  stop: { title: 'vms.stopTitle', body: 'vms.stopBody', confirm: 'vms.stopConfirm' },
  reset: { title: 'vms.resetTitle', body: 'vms.resetBody', confirm: 'vms.resetConfirm' },
} as const satisfies Record<
  Exclude<AskedAction, 'delete'>,
  { title: TitleKey; body: TextKey; confirm: TextKey }
>;

interface VmConfirmProps {
  readonly vm: Vm;
  readonly commands: VmCommands;
  /** The button of the menu that most of these are in. */
  readonly menuButton: RefObject<HTMLButtonElement | null>;
}

/** The question before what loses something. */
export function VmConfirm({ vm, commands, menuButton }: VmConfirmProps) {
  const t = useText();
  if (commands.asking === undefined) return null;
  if (commands.asking === 'delete') {
    return (
      <DeleteVmDialog
        vm={vm}
        returnFocus={menuButton}
        onCancel={commands.cancel}
        onConfirm={commands.confirm}
      />
    );
  }
  const words = WORDS[commands.asking];
  const values: TextValues<TitleKey> = [{ name: vm.name }];
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => {
        if (!open) commands.cancel();
      }}
      title={t(words.title, ...values)}
      body={t(words.body)}
      confirmLabel={t(words.confirm)}
      returnFocus={menuButton}
      onConfirm={() => commands.confirm()}
    />
  );
}
