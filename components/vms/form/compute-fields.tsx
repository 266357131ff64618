'use client';

import { Minus, Plus } from 'lucide-react';
import { MiB } from '@/server/api/limits';
import { useHost } from '../../api/queries';
import { formatBytes } from '../../i18n/format';
import { useText } from '../../i18n/use-text';
import { Button } from '../../ui/button';
import { Chip } from '../../ui/chip';
import { Field } from '../../ui/field';
import { Input } from '../../ui/input';
import { Select } from '../../ui/select';
import { type FieldsProps, SET } from './fields';
import { MEMORY_UNITS, memoryBytesOf, splitMemory } from './vm-values';

/** What it takes of the host while it runs. */
export function ComputeFields({ form }: FieldsProps) {
  return (
    <div className="grid gap-6 sm:grid-cols-[11rem_minmax(0,1fr)]">
      <VcpusField form={form} />
      <MemoryField form={form} />
    </div>
  );
}

function VcpusField({ form }: FieldsProps) {
  const t = useText();
  const cpus = useHost().data?.cpus;
  const vcpus = Number(form.watch('vcpus'));
  const step = (by: number) => form.setValue('vcpus', String(Math.max(1, vcpus + by)), SET);
  const many = cpus !== undefined && vcpus > cpus;
  return (
    <Field
      id="vcpus"
      label={t('create.vcpus')}
      hint={cpus !== undefined && t(many ? 'create.vcpusMany' : 'create.vcpusHint', { cpus })}
      error={form.formState.errors.vcpus?.message}
    >
      {(control) => (
        <div className="flex items-center gap-2">
          <div className="w-20">
            <Input
              {...control}
              {...form.register('vcpus')}
              inputMode="numeric"
              autoComplete="off"
              className="text-center tabular-nums"
            />
          </div>
          <Button
            size="icon"
            label={t('create.fewer')}
            disabledReason={vcpus <= 1 ? t('create.atLeastOne') : undefined}
            onClick={() => step(-1)}
          >
            <Minus aria-hidden />
          </Button>
          <Button size="icon" label={t('create.moreVcpus')} onClick={() => step(1)}>
            <Plus aria-hidden />
          </Button>
        </div>
      )}
    </Field>
  );
}

/** Sizes people ask for most; the field takes any other. */
const MEMORY_CHOICES = [128, 256, 512, 1024, 2048, 4096].map((size) => size * MiB);

function MemoryField({ form }: FieldsProps) {
  const t = useText();
  const host = useHost().data;
  const bytes = memoryBytesOf(form.watch());
  const choose = (choice: number) => {
    const { memory, memoryUnit } = splitMemory(choice);
    form.setValue('memoryUnit', memoryUnit);
    form.setValue('memory', memory, SET);
  };
  const hint = host && {
    free: formatBytes(host.memoryAvailableBytes),
    total: formatBytes(host.memoryBytes),
  };
  const much = host !== undefined && bytes > host.memoryBytes;
  return (
    <Field
      id="memory"
      label={t('create.memory')}
      hint={hint && (much ? t('create.memoryMuch', hint) : t('create.memoryHint', hint))}
      error={form.formState.errors.memory?.message}
    >
      {(control) => (
        <div className="flex flex-col gap-2.5">
          <div className="flex items-center gap-2">
            <div className="w-24">
              <Input
                {...control}
                {...form.register('memory')}
                inputMode="decimal"
                autoComplete="off"
                className="text-right tabular-nums"
              />
            </div>
            <Select
              aria-label={t('create.memoryUnit')}
              className="w-24"
              {...form.register('memoryUnit', { deps: ['memory'] })}
            >
              {Object.keys(MEMORY_UNITS).map((unit) => (
                <option key={unit}>{unit}</option>
              ))}
            </Select>
          </div>
          <div className="flex flex-wrap gap-1.5">
            {MEMORY_CHOICES.filter((choice) => choice <= (host?.memoryBytes ?? choice)).map(
              (choice) => (
                <Chip key={choice} pressed={choice === bytes} onClick={() => choose(choice)}>
                  {formatBytes(choice)}
                </Chip>
              ),
            )}
          </div>
        </div>
      )}
    </Field>
  );
}
