'use client';

import type { ReactNode } from 'react';
import { errorToShow } from '../api/error-to-show';
import type { Paged } from '../api/lists';
import { useText } from '../i18n/use-text';
import { Button } from './button';
import { Card } from './card';
import { ErrorNotice } from './error-notice';
import { Skeleton } from './skeleton';

interface PagedCardProps<Item> {
  readonly pages: Paged<Item>;
  readonly failed: string;
  /** In place of a table without rows. */
  readonly empty: ReactNode;
  readonly children: ReactNode;
}

/** A list in a card: while it loads, when that fails, when it is empty, and with more to come. */
export function PagedCard<Item>({ pages, failed, empty, children }: PagedCardProps<Item>) {
  const t = useText();
  const { items, isLoaded, isFetching, refetch, more } = pages;
  const error = errorToShow(pages);
  return (
    <>
      {error && (
        <ErrorNotice title={failed} error={error} retrying={isFetching} onRetry={refetch} />
      )}
      {!isLoaded && error === null && <Skeleton className="h-64" />}
      {isLoaded && <Card>{items.length === 0 ? empty : children}</Card>}
      {more && (
        <div className="flex justify-center">
          <Button pending={isFetching} onClick={more}>
            {t('common.more')}
          </Button>
        </div>
      )}
    </>
  );
}
