'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Circle, CircleStop, Play, Video } from 'lucide-react';
import { useState } from 'react';
import type { Output } from '@/server/api/client';
import type { Recording } from '@/server/api/recordings';
import type { Vm } from '@/server/api/vms';
import { request } from '../api/client';
import { keys } from '../api/keys';
import { useRecordings } from '../api/lists';
import { formatBytes, formatDateTime } from '../i18n/format';
import { useText } from '../i18n/use-text';
import { useForbidden } from '../session/use-forbidden';
import { Button } from '../ui/button';
import { Menu, MenuItem, MenuLabel, MenuSeparator } from '../ui/menu';
import { onDemand } from '../ui/on-demand';
import { toast } from '../ui/toast';
import { toastError } from '../ui/toast-error';

// Fetched by who watches one.
const RecordingDialog = onDemand(() =>
  import('./playback/recording-dialog').then((module) => module.RecordingDialog),
);

const SHOWN = 8;

/** Records what the console prints, and offers what was recorded. */
export function RecordingsMenu({ vm }: { readonly vm: Vm }) {
  const t = useText();
  const client = useQueryClient();
  const forbidden = useForbidden();
  const { items } = useRecordings(vm.id);
  const [playing, setPlaying] = useState<Recording>();
  const running = items.find(({ state }) => state === 'recording');
  const prints = vm.state === 'running' || vm.state === 'paused' || vm.state === 'stopping';
  const act = useMutation({
    mutationFn: (path: string) => request<Output<'getRecording'>>('POST', path),
    onSuccess: ({ state }) => {
      toast('success', t(state === 'recording' ? 'machine.recordBegun' : 'machine.recordEnded'));
      return client.invalidateQueries({ queryKey: keys.recordings(vm.id) });
    },
    onError: (error) => toastError(t('machine.recordFailed'), error),
  });
  return (
    <>
      <Menu
        trigger={
          <Button
            variant="ghost"
            size="iconSm"
            pending={act.isPending}
            label={t(running ? 'machine.recording' : 'machine.recordings')}
          >
            {running ? <Circle aria-hidden className="fill-crashed text-crashed" /> : <Video />}
          </Button>
        }
      >
        {running ? (
          <MenuItem
            icon={<CircleStop />}
            disabledReason={forbidden}
            onSelect={() => act.mutate(`/recordings/${encodeURIComponent(running.id)}/stop`)}
          >
            {t('machine.recordStop')}
          </MenuItem>
        ) : (
          <MenuItem
            icon={<Circle />}
            disabledReason={forbidden ?? (prints ? undefined : t('machine.recordNotRunning'))}
            onSelect={() => act.mutate(`/vms/${encodeURIComponent(vm.id)}/recordings`)}
          >
            {t('machine.recordStart')}
          </MenuItem>
        )}
        {items.length > 0 && (
          <>
            <MenuSeparator />
            <MenuLabel>{t('machine.recordingsOf')}</MenuLabel>
            {items.slice(0, SHOWN).map((recording) => (
              <MenuItem key={recording.id} icon={<Play />} onSelect={() => setPlaying(recording)}>
                <span className="tabular-nums">
                  {formatDateTime(recording.startedAt)}{' '}
                  <span className="text-faint">{formatBytes(recording.sizeBytes)}</span>
                </span>
              </MenuItem>
            ))}
          </>
        )}
      </Menu>
      {playing && <RecordingDialog recording={playing} onClose={() => setPlaying(undefined)} />}
    </>
  );
}
