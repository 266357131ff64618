import { CircleAlert, CircleCheck, CircleDashed } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Image } from '@/server/api/images';
import { useText } from '../i18n/use-text';
import { Badge, type Tone } from '../ui/badge';
import { Spinner } from '../ui/spinner';

const LOOK = {
  absent: { tone: 'neutral', icon: <CircleDashed aria-hidden />, word: 'images.absent' },
  building: { tone: 'busy', icon: <Spinner />, word: 'images.building' },
  ready: { tone: 'running', icon: <CircleCheck aria-hidden />, word: 'images.ready' },
  failed: { tone: 'crashed', icon: <CircleAlert aria-hidden />, word: 'images.failed' },
} as const satisfies Record<
  Image['status']['state'],
  { tone: Tone; icon: ReactNode; word: string }
>;

export function ImageBadge({ image }: { readonly image: Image }) {
  const t = useText();
  const { tone, icon, word } = LOOK[image.status.state];
  return (
    <Badge tone={tone} icon={icon}>
      {t(word)}
    </Badge>
  );
}
