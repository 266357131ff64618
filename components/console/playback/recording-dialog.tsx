'use client';

import '@xterm/xterm/css/xterm.css';
import { useQuery } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import type { Recording } from '@/server/api/recordings';
import { API, requestText } from '../../api/client';
import { keys } from '../../api/keys';
import { formatDateTime } from '../../i18n/format';
import { useText } from '../../i18n/use-text';
import { buttonStyle } from '../../ui/button-style';
import { Dialog } from '../../ui/dialog';
import { ErrorNotice } from '../../ui/error-notice';
import { Skeleton } from '../../ui/skeleton';
import { parseCast } from './cast';
import { RecordingPlayer } from './recording-player';

interface RecordingDialogProps {
  readonly recording: Recording;
  readonly onClose: () => void;
}

/** Plays what a console printed. */
export function RecordingDialog({ recording, onClose }: RecordingDialogProps) {
  const t = useText();
  const { data, error, refetch, isFetching } = useQuery({
    queryKey: keys.recordingCast(recording.id),
    queryFn: async ({ signal }) =>
      parseCast(await requestText(`/recordings/${encodeURIComponent(recording.id)}/cast`, signal)),
    // One that is still going on is longer the next time.
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={t('playback.title', { when: formatDateTime(recording.startedAt) })}
      size="wide"
      footer={
        <a
          href={`${API}/recordings/${encodeURIComponent(recording.id)}/cast`}
          download
          className={buttonStyle()}
        >
          <Download aria-hidden /> {t('playback.download')}
        </a>
      }
    >
      {error && (
        <ErrorNotice
          title={t('playback.failed')}
          error={error}
          retrying={isFetching}
          onRetry={() => void refetch()}
        />
      )}
      {data === undefined && error === null && <Skeleton className="h-96" />}
      {data && <RecordingPlayer cast={data} />}
    </Dialog>
  );
}
