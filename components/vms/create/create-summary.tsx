'use client';

import { cpuSchema, vmMemorySchema } from '@/server/api/vm-config';
import { useStoredImages } from '../../api/lists';
import { useImages } from '../../api/queries';
import { useCannotRun } from '../../host/use-cannot-run';
import { formatBytes } from '../../i18n/format';
import { useText } from '../../i18n/use-text';
import { useForbidden } from '../../session/use-forbidden';
import { Button } from '../../ui/button';
import { Card } from '../../ui/card';
import { Fact, Facts } from '../../ui/facts';
import { toVm } from '../form/vm-values';
import { StartIcon } from '../vm-icons';
import { AsRequest } from './as-request';
import type { CreateValues } from './create-values';
import { diskErrors } from './disk-drafts';
import type { Submission } from './use-create-machine';

interface CreateSummaryProps {
  readonly values: CreateValues;
  readonly pending: Submission | undefined;
  /** The other button submits the form. */
  readonly onCreateOnly: () => void;
}

/** What the form asks for, as it stands now, and the buttons that ask. */
export function CreateSummary({ values, pending, onCreateOnly }: CreateSummaryProps) {
  const t = useText();
  const standard = useImages().data?.[0]?.name;
  const stored = useStoredImages().data;
  const forbidden = useForbidden();
  const cannotRun = useCannotRun();
  const { name, config } = toVm(values);
  const { cpu, memory, boot } = config;
  return (
    <Card className="p-4 sm:p-5 lg:sticky lg:top-20 lg:max-h-[calc(100dvh-6rem)] lg:overflow-y-auto">
      <h2 className="font-semibold text-base">{t('create.summary')}</h2>
      <div className="mt-3">
        <Facts>
          <Fact name={t('create.name')}>
            {name || <span className="font-normal text-faint">{t('create.unnamed')}</span>}
          </Fact>
          <Fact name={t('create.image')}>
            {(boot.from === 'default'
              ? standard
              : stored?.find(({ id }) => id === boot.kernelId)?.name) ?? <Unknown />}
          </Fact>
          <Fact name={t('create.vcpus')}>
            {cpuSchema.safeParse(cpu).success ? cpu.count : <Unknown />}
          </Fact>
          <Fact name={t('create.memory')}>
            {vmMemorySchema.safeParse(memory.bytes).success ? (
              formatBytes(memory.bytes)
            ) : (
              <Unknown />
            )}
          </Fact>
          {values.disks.length > 0 && (
            <Fact name={t('create.disks')}>
              {values.disks
                .map((disk) =>
                  Object.keys(diskErrors(disk)).length > 0
                    ? '–'
                    : disk.size === ''
                      ? t('create.asImage')
                      : `${disk.size} GiB`,
                )
                .join(' + ')}
            </Fact>
          )}
          {boot.cmdline !== '' && (
            <Fact name={t('create.cmdlineShort')}>
              <code className="break-all font-mono font-normal text-xs">{boot.cmdline}</code>
            </Fact>
          )}
        </Facts>
      </div>
      <div className="mt-4 flex flex-col gap-2">
        <Button
          type="submit"
          variant="primary"
          size="lg"
          pending={pending === 'start'}
          disabledReason={forbidden ?? cannotRun}
        >
          {pending !== 'start' && <StartIcon />} {t('create.createAndStart')}
        </Button>
        <Button
          size="lg"
          pending={pending === 'create'}
          disabledReason={forbidden}
          onClick={onCreateOnly}
        >
          {t('create.create')}
        </Button>
      </div>
      <div className="mt-4 border-line border-t pt-3.5">
        <AsRequest values={values} />
      </div>
    </Card>
  );
}

/** In the place of a figure that is not right yet. */
function Unknown() {
  return <span className="text-faint">–</span>;
}
