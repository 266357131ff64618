'use client';

import type { Task } from '@/server/api/tasks';
import { useTaskLog } from '../api/lists';
import { formatTime } from '../i18n/format';
import { useReader } from '../i18n/language-provider';
import { Dialog } from '../ui/dialog';
import { ErrorNotice } from '../ui/error-notice';
import { Notice } from '../ui/notice';
import { Skeleton } from '../ui/skeleton';
import { useTaskWords } from './task-words';

interface TaskLogDialogProps {
  readonly task: Task;
  readonly onClose: () => void;
}

/** What a task says of itself, and why it ended as it did. */
export function TaskLogDialog({ task, onClose }: TaskLogDialogProps) {
  const { t, say } = useReader();
  const wordOf = useTaskWords();
  const { data: log, error, refetch, isFetching } = useTaskLog(task.id);
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t('tasks.logOf', { name: task.resource.name })}
      description={wordOf(task.kind)}
      size="wide"
    >
      <div className="flex flex-col gap-3">
        {task.problem && (
          <Notice tone="error" title={say(task.problem.detail)}>
            {say(task.problem.hint)}
          </Notice>
        )}
        {error && (
          <ErrorNotice
            title={t('tasks.logFailed')}
            error={error}
            retrying={isFetching}
            onRetry={() => void refetch()}
          />
        )}
        {log === undefined && error === null && <Skeleton className="h-24" />}
        {log?.items.length === 0 && <p className="text-muted">{t('tasks.logEmpty')}</p>}
        {log && log.items.length > 0 && (
          <ol className="max-h-80 overflow-y-auto rounded-md bg-sunken p-3 font-mono text-xs">
            {log.items.map(({ seq, at, text }) => (
              <li key={seq} className="flex gap-3">
                <time dateTime={at} className="shrink-0 text-faint">
                  {formatTime(at)}
                </time>
                <span className="min-w-0 break-words">{text}</span>
              </li>
            ))}
          </ol>
        )}
      </div>
    </Dialog>
  );
}
