'use client';

import { type RefObject, useState } from 'react';
import type { Disk } from '@/server/api/disks';
import type { Vm } from '@/server/api/vms';
import { useDisks } from '../api/lists';
import { formatBytes } from '../i18n/format';
import { useText } from '../i18n/use-text';
import { CheckField } from '../ui/check-field';
import { ConfirmDialog } from '../ui/confirm-dialog';
import { Field } from '../ui/field';
import { Input } from '../ui/input';

interface DeleteVmDialogProps {
  readonly vm: Vm;
  readonly returnFocus: RefObject<HTMLElement | null>;
  readonly onCancel: () => void;
  /** @param disks that are to go too */
  readonly onConfirm: (disks: readonly Disk[]) => void;
}

/**
 * The question before a machine is deleted. Its disks stay unless somebody wants them gone, and says
 * so by the machine's name: what is on them is nowhere else.
 */
export function DeleteVmDialog({ vm, returnFocus, onCancel, onConfirm }: DeleteVmDialogProps) {
  const t = useText();
  const disks = useDisks().data?.filter(({ vmId }) => vmId === vm.id) ?? [];
  const [withDisks, setWithDisks] = useState(false);
  const [typed, setTyped] = useState('');
  const mustType = withDisks && typed.trim() !== vm.name;
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => {
        if (!open) onCancel();
      }}
      title={t('vms.deleteTitle', { name: vm.name })}
      body={t('vms.deleteBody')}
      confirmLabel={t(withDisks ? 'vms.deleteWithDisks' : 'vms.deleteConfirm')}
      notYet={mustType ? t('vms.deleteTypeFirst', { name: vm.name }) : undefined}
      returnFocus={returnFocus}
      onConfirm={() => onConfirm(withDisks ? disks : [])}
    >
      {disks.length > 0 && (
        <div className="flex flex-col gap-4">
          <ul className="divide-y divide-line rounded-md border border-line">
            {disks.map(({ id, name, sizeBytes }) => (
              <li key={id} className="flex items-baseline justify-between gap-4 px-3.5 py-2">
                <span className="min-w-0 truncate font-medium">{name}</span>
                <span className="text-muted text-sm tabular-nums">{formatBytes(sizeBytes)}</span>
              </li>
            ))}
          </ul>
          <CheckField
            label={t('vms.deleteDisksToo')}
            hint={t('vms.deleteDisksHint')}
            checked={withDisks}
            onChange={(event) => setWithDisks(event.target.checked)}
          />
          {withDisks && (
            <Field id="typed-name" label={t('vms.deleteType', { name: vm.name })}>
              {(control) => (
                <Input
                  {...control}
                  autoComplete="off"
                  autoCapitalize="none"
                  spellCheck={false}
                  value={typed}
                  onChange={(event) => setTyped(event.target.value)}
                />
              )}
            </Field>
          )}
        </div>
      )}
    </ConfirmDialog>
  );
}
