'use client';

import { Hammer } from 'lucide-react';
import type { Image } from '@/server/api/images';
import { useBuildImage } from '../api/mutations';
import { useText } from '../i18n/use-text';
import { useForbidden } from '../session/use-forbidden';
import { Button } from '../ui/button';
import { toast } from '../ui/toast';
import { toastError } from '../ui/toast-error';

/** For an image that is not there: absent, or with a build that failed. */
export function BuildButton({ image }: { readonly image: Image }) {
  const t = useText();
  const build = useBuildImage();
  const forbidden = useForbidden();
  // The promise and not the callbacks of `mutate`: a build that runs takes the button away.
  const start = async () => {
    try {
      await build.mutateAsync();
      toast('success', t('images.buildStarted'));
    } catch (error) {
      toastError(t('images.buildFailed'), error);
    }
  };
  return (
    <Button
      variant="primary"
      pending={build.isPending}
      disabledReason={forbidden}
      onClick={() => void start()}
    >
      {!build.isPending && <Hammer aria-hidden />}
      {t(image.status.state === 'failed' ? 'images.buildAgain' : 'images.build')}
    </Button>
  );
}
