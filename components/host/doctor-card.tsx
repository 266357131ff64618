'use client';

import { CircleAlert, CircleCheck, Info, RefreshCw, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Finding } from '@/server/api/doctor';
import { errorToShow } from '../api/error-to-show';
import { useDoctor } from '../api/lists';
import { useReader } from '../i18n/language-provider';
import { useText } from '../i18n/use-text';
import { Badge, type Tone } from '../ui/badge';
import { Button } from '../ui/button';
import { CardSection } from '../ui/card';
import { ErrorNotice } from '../ui/error-notice';
import { Skeleton } from '../ui/skeleton';

const LOOK = {
  ok: { tone: 'running', icon: <CircleCheck aria-hidden />, word: 'doctor.ok' },
  note: { tone: 'neutral', icon: <Info aria-hidden />, word: 'doctor.note' },
  warning: { tone: 'paused', icon: <TriangleAlert aria-hidden />, word: 'doctor.warning' },
  problem: { tone: 'crashed', icon: <CircleAlert aria-hidden />, word: 'doctor.problem' },
} as const satisfies Record<Finding['level'], { tone: Tone; icon: ReactNode; word: string }>;

/** What helps machines on this host and what stands in their way, the worst first. */
const ORDER: readonly Finding['level'][] = ['problem', 'warning', 'note', 'ok'];

export function DoctorCard() {
  const t = useText();
  const query = useDoctor();
  const { data, refetch, isFetching } = query;
  const error = errorToShow(query);
  return (
    <CardSection
      id="doctor"
      title={t('doctor.title')}
      description={t('doctor.intro')}
      actions={
        <Button pending={isFetching} onClick={() => void refetch()}>
          {!isFetching && <RefreshCw aria-hidden />} {t('doctor.again')}
        </Button>
      }
    >
      {error && (
        <ErrorNotice
          title={t('doctor.failed')}
          error={error}
          retrying={isFetching}
          onRetry={() => void refetch()}
        />
      )}
      {data === undefined && error === null && <Skeleton className="h-64" />}
      <ul className="divide-y divide-line">
        {ORDER.flatMap((level) =>
          (data ?? [])
            .filter((finding) => finding.level === level)
            .map((finding) => <Row key={finding.id} finding={finding} />),
        )}
      </ul>
    </CardSection>
  );
}

function Row({ finding }: { readonly finding: Finding }) {
  const { t, say } = useReader();
  const { id, level, detail, hint } = finding;
  const { tone, icon, word } = LOOK[level];
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-1 py-3 first:pt-0 last:pb-0 sm:flex-nowrap">
      <div className="flex w-full items-center justify-between gap-3 sm:w-64 sm:shrink-0">
        <span className="font-medium">{t(`doctor.${id}`)}</span>
        <Badge tone={tone} icon={icon}>
          {t(word)}
        </Badge>
      </div>
      <div className="min-w-0">
        <p className="text-muted">{say(detail)}</p>
        {hint !== null && <p className="mt-0.5 text-sm">{say(hint)}</p>}
      </div>
    </li>
  );
}
