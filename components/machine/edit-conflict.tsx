'use client';

import { useStoredImages } from '../api/lists';
import type { PlainKey } from '../i18n/catalogue';
import { useText } from '../i18n/use-text';
import { Button } from '../ui/button';
import { Notice } from '../ui/notice';
import type { Change } from '../vms/form/merge-values';
import type { VmValues } from '../vms/form/vm-values';

const FIELDS = {
  name: 'create.name',
  tags: 'create.tags',
  notes: 'create.notes',
  vcpus: 'create.vcpus',
  memory: 'create.memory',
  memoryUnit: 'create.memoryUnit',
  bootFrom: 'create.boot',
  kernelId: 'create.kernel',
  initrdId: 'create.initrd',
  cmdline: 'create.cmdline',
  restart: 'create.restart',
  cpuTemplate: 'create.cpuTemplate',
  pages: 'create.pages',
  autostart: 'create.autostart',
  balloon: 'create.balloon',
  rng: 'create.rng',
} as const satisfies Record<keyof VmValues, PlainKey>;

/** What is chosen from a list, in the words of the list. */
const CHOICES: Readonly<Partial<Record<keyof VmValues, Readonly<Record<string, PlainKey>>>>> = {
  bootFrom: { default: 'create.image', kernel: 'create.ownKernel' },
  restart: {
    never: 'create.restartNever',
    'on-crash': 'create.restartOnCrash',
    always: 'create.restartAlways',
  },
  cpuTemplate: { host: 'create.cpuHost', baseline: 'create.cpuBaseline' },
  pages: {
    transparent: 'create.pagesTransparent',
    small: 'create.pagesSmall',
    hugetlb: 'create.pagesHuge',
  },
};

/** A machine as both found it, and as the other left it. */
export interface Conflict {
  readonly before: VmValues;
  readonly theirs: VmValues;
  readonly changes: readonly Change[];
}

interface EditConflictProps {
  readonly conflict: Conflict;
  readonly onTakeTheirs: () => void;
}

/** Somebody saved the machine while it was edited here: what they changed, and what becomes of it. */
export function EditConflict({ conflict, onTakeTheirs }: EditConflictProps) {
  const t = useText();
  const wordsOf = useValueWords();
  const { before, theirs, changes } = conflict;
  const isContested = changes.some(({ contested }) => contested);
  return (
    <Notice
      tone="warning"
      title={t('machine.conflictTitle')}
      actions={
        <Button size="sm" onClick={onTakeTheirs}>
          {t('machine.conflictTheirs')}
        </Button>
      }
    >
      <ul className="my-1.5 list-disc pl-5">
        {changes.map(({ fields, contested }) => (
          <li key={fields[0]}>
            {t('machine.conflictChange', {
              field: t(FIELDS[fields[0]]),
              before: wordsOf(fields, before),
              after: wordsOf(fields, theirs),
            })}
            {contested && ` ${t('machine.conflictContested')}`}
          </li>
        ))}
      </ul>
      <p>{t(isContested ? 'machine.conflictDecide' : 'machine.conflictMerged')}</p>
    </Notice>
  );
}

/** What stands in fields, as a person would say it. */
function useValueWords(): (fields: readonly (keyof VmValues)[], values: VmValues) => string {
  const t = useText();
  const images = useStoredImages().data ?? [];
  const wordOf = (field: keyof VmValues, value: string | boolean): string => {
    if (typeof value === 'boolean') return t(value ? 'common.yes' : 'common.no');
    const choice = CHOICES[field]?.[value];
    if (choice !== undefined) return t(choice);
    return images.find(({ id }) => id === value)?.name ?? value;
  };
  return (fields, values) =>
    fields
      .map((field) => wordOf(field, values[field]))
      .filter((word) => word !== '')
      .join(' ') || t('machine.conflictEmpty');
}
