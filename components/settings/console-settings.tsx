'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { Output } from '@/server/api/client';
import type { Settings } from '@/server/api/settings';
import { ApiError } from '../api/api-error';
import { request } from '../api/client';
import { errorToShow } from '../api/error-to-show';
import { keys } from '../api/keys';
import { useSettings } from '../api/lists';
import { useText } from '../i18n/use-text';
import { Button } from '../ui/button';
import { CardSection } from '../ui/card';
import { CheckField } from '../ui/check-field';
import { ErrorNotice } from '../ui/error-notice';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { Skeleton } from '../ui/skeleton';
import { toast } from '../ui/toast';

const MiB = 1024 * 1024;

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
      {/* Settings that somebody else saved meanwhile begin a new form. */}
      {data && <SettingsForm key={data.revision} {...data} />}
    </>
  );
}

interface SettingsFormProps {
  readonly settings: Settings;
  readonly revision: number;
}

function SettingsForm({ settings, revision }: SettingsFormProps) {
  const t = useText();
  const client = useQueryClient();
  const [capacity, setCapacity] = useState(settings.capacity);
  const [retention, setRetention] = useState(settings.retention);
  const [images, setImages] = useState(settings.images);
  const save = useMutation({
    mutationFn: () =>
      request<Output<'getSettings'>>('PUT', '/settings', {
        body: { ...settings, capacity, retention, images },
        revision,
      }),
    onSuccess: () => {
      toast('success', t('common.saved'));
      return client.invalidateQueries({ queryKey: keys.settings });
    },
  });
  const wrong = save.error instanceof ApiError ? save.error.errors : [];
  const errorOf = (path: string) => wrong.find((field) => field.path === path)?.message;
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
      {save.error && <ErrorNotice title={t('settings.consoleSaveFailed')} error={save.error} />}
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
