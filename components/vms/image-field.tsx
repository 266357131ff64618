'use client';

import { Disc3 } from 'lucide-react';
import type { Image } from '@/server/api/images';
import { useImages } from '../api/queries';
import { formatBytes, formatPercent } from '../i18n/format';
import type { Translate } from '../i18n/translate';
import { useText } from '../i18n/use-text';
import { ImageBadge } from '../images/image-badge';
import { Skeleton } from '../ui/skeleton';

/** The image a machine boots from. One exists, so there is nothing to choose, but much to know. */
export function ImageField() {
  const t = useText();
  const image = useImages().data?.[0];
  if (image === undefined) return <Skeleton className="h-16" />;
  return (
    <div className="flex items-center gap-3.5 rounded-md border border-accent-text bg-accent-soft px-4 py-3">
      <Disc3 aria-hidden className="size-6 shrink-0 text-accent-text" />
      <div className="min-w-0 flex-1">
        <p className="font-medium">{image.name}</p>
        <p className="text-muted text-xs">{describe(image, t)}</p>
      </div>
      <ImageBadge image={image} />
    </div>
  );
}

function describe({ status }: Image, t: Translate): string {
  switch (status.state) {
    case 'absent':
      return t('create.imageAbsent');
    case 'building':
      return t('create.imageBuilding', { percent: formatPercent(status.fraction) });
    case 'failed':
      return t('create.imageFailed');
    case 'ready':
      return t('create.imageReady', {
        kernel: status.kernelVersion,
        size: formatBytes(status.sizeBytes),
      });
  }
}
