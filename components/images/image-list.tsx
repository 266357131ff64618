'use client';

import { Disc3, Plus } from 'lucide-react';
import Link from 'next/link';
import type { Image } from '@/server/api/images';
import { errorToShow } from '../api/error-to-show';
import { useImages } from '../api/queries';
import { FreeDisks } from '../disks/free-disks';
import { useText } from '../i18n/use-text';
import { PageHeader } from '../layout/page-header';
import { buttonStyle } from '../ui/button-style';
import { Card } from '../ui/card';
import { ErrorNotice } from '../ui/error-notice';
import { Skeleton } from '../ui/skeleton';
import { BuildButton } from './build-button';
import { ImageBadge } from './image-badge';
import { ImageStatus } from './image-status';
import { StoredImages } from './stored-images';

export function ImageList() {
  const t = useText();
  const query = useImages();
  const { data: images, refetch, isFetching } = query;
  const error = errorToShow(query);
  return (
    <>
      <PageHeader title={t('images.title')} description={t('images.intro')} />
      {error && (
        <ErrorNotice
          title={t('images.listFailed')}
          error={error}
          retrying={isFetching}
          onRetry={() => void refetch()}
        />
      )}
      <div className="grid grid-cols-1 items-start gap-5 3xl:grid-cols-[28rem_minmax(0,1fr)]">
        {images?.map((image) => <ImageCard key={image.id} image={image} />) ??
          (error === null && <Skeleton className="h-60 rounded-lg" />)}
        <div className="grid min-w-0 grid-cols-1 gap-5">
          <StoredImages />
          <FreeDisks />
        </div>
      </div>
    </>
  );
}

function ImageCard({ image }: { readonly image: Image }) {
  const t = useText();
  const { state } = image.status;
  return (
    <Card className="gap-x-12 p-4 sm:p-5 lg:grid lg:grid-cols-[18rem_minmax(0,1fr)] 3xl:block">
      <div className="flex flex-wrap items-center gap-x-3.5 gap-y-2 lg:self-start">
        <div
          aria-hidden
          className="grid size-10 place-items-center rounded-lg bg-accent-soft text-accent-text"
        >
          <Disc3 className="size-5" />
        </div>
        <h2 className="flex-1 whitespace-nowrap font-semibold text-lg">{image.name}</h2>
        <ImageBadge image={image} />
      </div>
      <div className="mt-5 lg:row-span-2 lg:mt-0 3xl:mt-5">
        <ImageStatus image={image} />
      </div>
      {state !== 'building' && (
        <div className="mt-5 self-end">
          {state === 'ready' ? (
            <Link href="/machines/new" className={buttonStyle('secondary')}>
              <Plus aria-hidden /> {t('images.useIt')}
            </Link>
          ) : (
            <BuildButton image={image} />
          )}
        </div>
      )}
    </Card>
  );
}
