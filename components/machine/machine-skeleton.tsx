import { Skeleton } from '@/components/ui/skeleton';

const CHARTS = ['cpu', 'memory', 'disk', 'net', 'exits', 'facts'] as const;

/** The machine's page before it is known which machine. */
export function MachineSkeleton() {
  return (
    <div className="flex flex-col gap-5">
      <div className="flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
        <div>
          <Skeleton className="h-7 w-44" />
          <Skeleton className="mt-2 h-6 w-72 max-w-full" />
        </div>
        <Skeleton className="h-9 w-80 max-w-full" />
      </div>
      <Skeleton className="h-10.5 w-full max-w-2xl" />
      <Skeleton className="h-8 w-32" />
      <ChartsSkeleton />
    </div>
  );
}

export function ChartsSkeleton() {
  return (
    <div className="grid gap-4 xl:grid-cols-2 3xl:grid-cols-3">
      {CHARTS.map((chart) => (
        <Skeleton key={chart} className="h-[16.75rem] rounded-lg" />
      ))}
    </div>
  );
}
