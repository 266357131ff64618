import { CircleAlert, CirclePause, CirclePlay, CircleStop } from 'lucide-react';
import type { ReactNode } from 'react';
import type { VmState } from '@/server/api/vms';
import { useText } from '../i18n/use-text';
import { Badge, type Tone } from '../ui/badge';
import { Spinner } from '../ui/spinner';
import { STATE_WORDS } from './state-words';

const LOOK: Readonly<Record<VmState, { tone: Tone; icon: ReactNode }>> = {
  running: { tone: 'running', icon: <CirclePlay aria-hidden /> },
  stopped: { tone: 'neutral', icon: <CircleStop aria-hidden /> },
  paused: { tone: 'paused', icon: <CirclePause aria-hidden /> },
  starting: { tone: 'busy', icon: <Spinner /> },
  stopping: { tone: 'busy', icon: <Spinner /> },
  crashed: { tone: 'crashed', icon: <CircleAlert aria-hidden /> },
};

export function StateBadge({ state }: { readonly state: VmState }) {
  const t = useText();
  const { tone, icon } = LOOK[state];
  return (
    <Badge tone={tone} icon={icon}>
      {t(STATE_WORDS[state])}
    </Badge>
  );
}
