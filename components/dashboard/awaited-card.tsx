import { errorToShow } from '../api/error-to-show';
import { useText } from '../i18n/use-text';
import { Card } from '../ui/card';
import { ErrorNotice } from '../ui/error-notice';
import { Skeleton } from '../ui/skeleton';

interface AwaitedCardProps {
  /** What the card is of. */
  readonly title: string;
  readonly query: {
    readonly data: unknown;
    readonly error: Error | null;
    readonly isFetching: boolean;
    readonly refetch: () => unknown;
  };
}

/** In the place of a card whose data is not there: on its way, or why it does not come. */
export function AwaitedCard({ title, query }: AwaitedCardProps) {
  const t = useText();
  const error = errorToShow(query);
  if (error === null) return <Skeleton className="h-80 rounded-lg" />;
  return (
    <Card className="p-4 sm:p-5">
      <ErrorNotice
        title={t('dashboard.cardFailed', { title })}
        error={error}
        retrying={query.isFetching}
        onRetry={() => void query.refetch()}
      />
    </Card>
  );
}
