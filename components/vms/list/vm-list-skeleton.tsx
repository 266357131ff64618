import { useText } from '../../i18n/use-text';
import { Skeleton } from '../../ui/skeleton';

const ROWS = ['heading', 'a', 'b', 'c', 'd', 'e'] as const;

export function VmListSkeleton() {
  const t = useText();
  return (
    <div>
      <p className="sr-only" role="status">
        {t('common.loading')}
      </p>
      {ROWS.map((row) => (
        <div
          key={row}
          className="flex h-12.25 items-center gap-6 border-line border-b px-5 last:border-0"
        >
          <Skeleton className="h-4 w-40" />
          <Skeleton className="ml-auto h-5 w-20 rounded-full" />
          <Skeleton className="hidden h-4 w-10 md:block" />
          <Skeleton className="hidden h-4 w-16 md:block" />
          <Skeleton className="hidden h-4 w-20 md:block" />
        </div>
      ))}
    </div>
  );
}
