'use client';

import { Hammer } from 'lucide-react';
import { toast } from 'sonner';
import type { Image } from '@/server/api/images';
import { useBuildImage } from '../api/mutations';
import { useText } from '../i18n/use-text';
import { useForbidden } from '../session/use-forbidden';
import { Button } from '../ui/button';
import { toastError } from '../ui/toast-error';

/** For an image that is not there: absent, or with a build that failed. */
export function BuildButton({ image }: { readonly image: Image }) {
  const t = useText();
  const build = useBuildImage();
  const forbidden = useForbidden();
  return (
    <Button
      variant="primary"
      pending={build.isPending}
      disabledReason={forbidden}
      onClick={() =>
        build.mutate(undefined, {
          onSuccess: () => toast.success(t('images.buildStarted')),
          onError: (error) => toastError(t('images.buildFailed'), error),
        })
      }
    >
      {!build.isPending && <Hammer aria-hidden />}
      {t(image.status.state === 'failed' ? 'images.buildAgain' : 'images.build')}
    </Button>
  );
}
