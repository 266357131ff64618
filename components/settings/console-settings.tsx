'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { z } from 'zod';
import type { Output } from '@/server/api/client';
import type { Settings, storedSettingsSchema } from '@/server/api/settings';
import { bodies } from '../api/bodies';
import { request } from '../api/client';
import { errorToShow } from '../api/error-to-show';
import { fieldErrors } from '../api/form-errors';
import { keys } from '../api/keys';
import { useSettings } from '../api/lists';
import type { PlainKey } from '../i18n/catalogue';
import { useText } from '../i18n/use-text';
import { Button } from '../ui/button';
import { CardSection } from '../ui/card';
import { CheckField } from '../ui/check-field';
import { ErrorNotice } from '../ui/error-notice';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { Notice } from '../ui/notice';
import { Skeleton } from '../ui/skeleton';
import { toast } from '../ui/toast';
import { useUnsaved } from '../unsaved/use-unsaved';
import { mergeSettings } from './merge-settings';

type StoredSettings = z.output<typeof storedSettingsSchema>;

const MiB = 1024 * 1024;

/** What is set, by its path. */
const LABELS = {
  'capacity.memoryOvercommit': 'settings.memoryOvercommit',
  'capacity.vcpuOvercommit': 'settings.vcpuOvercommit',
  'capacity.freeDiskBytes': 'settings.freeDisk',
  'retention.auditDays': 'settings.auditDays',
  'retention.taskDays': 'settings.taskDays',
  'retention.eventDays': 'settings.eventDays',
  'retention.recordingDays': 'settings.recordingDays',
  'retention.recordingBytes': 'settings.recordingMiB',
  'images.allowPrivateImport': 'settings.allowPrivate',
} as const satisfies Readonly<Record<string, PlainKey>>;

/** What holds for the whole console. */
export function ConsoleSettings() {
  const t = useText();
  const query = useSettings(true);
  const { data, refetch, isFetching } = query;
  const error = errorToShow(query);
  return (
    <>
      {error && (
        <ErrorNotice
          title={t('settings.consoleFailed')}
          error={error}
          retrying={isFetching}
          onRetry={() => void refetch()}
        />
      )}
      {data === undefined && error === null && <Skeleton className="h-64" />}
      {data && <SettingsForm newest={data} />}
    </>
  );
}

function isLabelled(path: string): path is keyof typeof LABELS {
  return Object.hasOwn(LABELS, path);
}

interface SettingsFormProps {
  /** As the console has them now. */
  readonly newest: StoredSettings;
}

function SettingsForm({ newest }: SettingsFormProps) {
  const t = useText();
  const client = useQueryClient();
  /** What the form was made from, and what stands in it. */
  const [base, setBase] = useState(newest);
  const [typed, setTyped] = useState(newest.settings);
  const [theirs, setTheirs] = useState<readonly string[]>([]);
  const isDirty = JSON.stringify(typed) !== JSON.stringify(base.settings);
  useUnsaved(isDirty);
  // Nothing that was typed is lost to what somebody else has saved meanwhile.
  if (newest.revision !== base.revision) {
    const { merged, changed } = mergeSettings(base.settings, typed, newest.settings);
    setBase(newest);
    setTyped(merged);
    setTheirs(isDirty ? changed : []);
  }
  const { capacity, retention, images } = typed;
  const setCapacity = (next: Settings['capacity']) => setTyped({ ...typed, capacity: next });
  const setRetention = (next: Settings['retention']) => setTyped({ ...typed, retention: next });
  const setImages = (next: Settings['images']) => setTyped({ ...typed, images: next });
  const save = useMutation({
    mutationFn: () =>
      request<Output<'getSettings'>>('PUT', '/settings', {
        body: typed,
        bodySchema: bodies.settings,
        revision: base.revision,
      }),
    onSuccess: (saved) => {
      setBase(saved);
      setTyped(saved.settings);
      setTheirs([]);
      client.setQueryData(keys.settings, saved);
      toast('success', t('common.saved'));
    },
    // Refused for what somebody else has saved: the newest settings say what that is.
    onError: () => client.invalidateQueries({ queryKey: keys.settings }),
  });
  const errorOf = fieldErrors(save.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  const days = (name: 'auditDays' | 'taskDays' | 'eventDays' | 'recordingDays') => (
    <Figure
      key={name}
      id={name}
      label={t(`settings.${name}`)}
      value={retention[name]}
      error={errorOf(`retention.${name}`)}
      onChange={(value) => setRetention({ ...retention, [name]: value })}
    />
  );
  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-5">
      {theirs.length > 0 && (
        <Notice tone="warning" title={t('settings.conflictTitle')}>
          <ul className="my-1 list-disc pl-5">
            {theirs.map((path) => (
              <li key={path}>{isLabelled(path) ? t(LABELS[path]) : path}</li>
            ))}
          </ul>
          <p>{t('settings.conflictHint')}</p>
        </Notice>
      )}
      {save.error && theirs.length === 0 && (
        <ErrorNotice title={t('settings.consoleSaveFailed')} error={save.error} />
      )}
      <div className="grid grid-cols-1 items-start gap-5 xl:grid-cols-2">
        <CardSection id="capacity" title={t('settings.capacity')}>
          <div className="flex flex-col gap-4">
            <Figure
              id="memoryOvercommit"
              label={t('settings.memoryOvercommit')}
              hint={t('settings.memoryOvercommitHint')}
              step="0.1"
              value={capacity.memoryOvercommit}
              error={errorOf('capacity.memoryOvercommit')}
              onChange={(value) => setCapacity({ ...capacity, memoryOvercommit: value })}
            />
            <Figure
              id="vcpuOvercommit"
              label={t('settings.vcpuOvercommit')}
              value={capacity.vcpuOvercommit}
              error={errorOf('capacity.vcpuOvercommit')}
              onChange={(value) => setCapacity({ ...capacity, vcpuOvercommit: value })}
            />
            <Figure
              id="freeDiskBytes"
              label={t('settings.freeDisk')}
              hint={t('settings.freeDiskHint')}
              value={Math.round(capacity.freeDiskBytes / MiB)}
              error={errorOf('capacity.freeDiskBytes')}
              onChange={(value) => setCapacity({ ...capacity, freeDiskBytes: value * MiB })}
            />
          </div>
        </CardSection>
        <CardSection id="retention" title={t('settings.retention')}>
          <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
            {(['auditDays', 'taskDays', 'eventDays', 'recordingDays'] as const).map(days)}
            <Figure
              id="recordingBytes"
              label={t('settings.recordingMiB')}
              value={Math.round(retention.recordingBytes / MiB)}
              error={errorOf('retention.recordingBytes')}
              onChange={(value) => setRetention({ ...retention, recordingBytes: value * MiB })}
            />
          </div>
        </CardSection>
        <CardSection id="images" title={t('settings.imagesTitle')}>
          <CheckField
            label={t('settings.allowPrivate')}
            checked={images.allowPrivateImport}
            onChange={(event) => setImages({ ...images, allowPrivateImport: event.target.checked })}
          />
        </CardSection>
      </div>
      <div>
        <Button type="submit" variant="primary" pending={save.isPending}>
          {t('common.save')}
        </Button>
      </div>
    </form>
  );
}

interface FigureProps {
  readonly id: string;
  readonly label: string;
  readonly hint?: string;
  readonly step?: string;
  readonly value: number;
  readonly error: string | undefined;
  readonly onChange: (value: number) => void;
}

function Figure({ id, label, hint, step = '1', value, error, onChange }: FigureProps) {
  return (
    <Field id={id} label={label} error={error} {...(hint === undefined ? {} : { hint })}>
      {(control) => (
        <Input
          {...control}
          type="number"
          inputMode="decimal"
          step={step}
          value={Number.isNaN(value) ? '' : value}
          onChange={(event) => onChange(event.target.valueAsNumber)}
          className="max-w-48"
        />
      )}
    </Field>
  );
}
