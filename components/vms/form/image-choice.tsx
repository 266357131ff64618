'use client';

import type { Image } from '@/server/api/images';
import { useImages } from '../../api/queries';
import { formatBytes, formatPercent } from '../../i18n/format';
import type { Translate } from '../../i18n/translate';
import { useText } from '../../i18n/use-text';
import { ImageBadge } from '../../images/image-badge';
import { ChoiceCard } from '../../ui/choice-card';
import { Skeleton } from '../../ui/skeleton';

interface ImageChoiceProps {
  readonly checked: boolean;
  readonly onChoose: () => void;
}

/** The image that is always there, with what there is to know of it. */
export function ImageChoice({ checked, onChoose }: ImageChoiceProps) {
  const t = useText();
  const image = useImages().data?.[0];
  if (image === undefined) return <Skeleton className="h-16" />;
  return (
    <ChoiceCard
      name="bootFrom"
      title={image.name}
      description={describe(image, t)}
      aside={<ImageBadge image={image} />}
      checked={checked}
      onChoose={onChoose}
    />
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
