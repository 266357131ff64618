import { CircleAlert, CircleCheck, CircleSlash, Clock, Unplug } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Task, TaskState } from '@/server/api/tasks';
import type { TextKey } from '../i18n/catalogue';
import { formatPercent } from '../i18n/format';
import { useText } from '../i18n/use-text';
import { Badge, type Tone } from '../ui/badge';
import { Spinner } from '../ui/spinner';

const LOOK = {
  queued: { tone: 'neutral', icon: <Clock aria-hidden />, word: 'tasks.queued' },
  running: { tone: 'busy', icon: <Spinner />, word: 'tasks.running' },
  succeeded: { tone: 'running', icon: <CircleCheck aria-hidden />, word: 'tasks.succeeded' },
  failed: { tone: 'crashed', icon: <CircleAlert aria-hidden />, word: 'tasks.failedState' },
  cancelled: { tone: 'neutral', icon: <CircleSlash aria-hidden />, word: 'tasks.cancelled' },
  interrupted: { tone: 'paused', icon: <Unplug aria-hidden />, word: 'tasks.interrupted' },
} as const satisfies Record<TaskState, { tone: Tone; icon: ReactNode; word: TextKey }>;

export function TaskStateBadge({ task }: { readonly task: Task }) {
  const t = useText();
  const { tone, icon, word } = LOOK[task.state];
  const share = task.state === 'running' && task.fraction !== null;
  return (
    <Badge tone={tone} icon={icon}>
      {t(word)}
      {share && <span className="tabular-nums">{formatPercent(task.fraction ?? 0)}</span>}
    </Badge>
  );
}
