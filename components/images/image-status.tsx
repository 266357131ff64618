'use client';

import type { Image } from '@/server/api/images';
import { useVms } from '../api/queries';
import { formatBytes, formatDateTime, formatPercent } from '../i18n/format';
import { useReader } from '../i18n/language-provider';
import { useText } from '../i18n/use-text';
import { CopyButton } from '../ui/copy-button';
import { Fact, Facts } from '../ui/facts';
import { Notice } from '../ui/notice';
import { Progress } from '../ui/progress';

type StatusOf<State extends Image['status']['state']> = Extract<Image['status'], { state: State }>;

/** What there is to say of an image in each of its states. */
export function ImageStatus({ image }: { readonly image: Image }) {
  const { t, say } = useReader();
  const { status } = image;
  switch (status.state) {
    case 'absent':
      return <p className="max-w-[65ch] text-muted">{t('images.absentBody')}</p>;
    case 'building':
      return <Building status={status} />;
    case 'failed':
      return (
        <Notice tone="error" title={say(status.problem.detail)}>
          {say(status.problem.hint)}
        </Notice>
      );
    case 'ready':
      return <Ready image={image} status={status} />;
  }
}

function Building({ status }: { readonly status: StatusOf<'building'> }) {
  const t = useText();
  return (
    <div>
      <div className="mb-2 flex items-baseline justify-between gap-4">
        <p className="font-medium">{status.step}</p>
        <p className="text-muted tabular-nums">{formatPercent(status.fraction)}</p>
      </div>
      <Progress label={t('images.progressLabel')} fraction={status.fraction} />
      {/* Its height stays while lines come and go. */}
      <p className="mt-2 h-[1.125rem] truncate font-mono text-faint text-xs">{status.detail}</p>
      <p className="mt-3 text-faint text-xs">{t('images.goesOn')}</p>
    </div>
  );
}

interface ReadyProps {
  readonly image: Image;
  readonly status: StatusOf<'ready'>;
}

function Ready({ image, status }: ReadyProps) {
  const t = useText();
  const users = useVms().data?.filter((vm) => vm.config.boot.from === image.id).length;
  return (
    <Facts>
      <Fact name={t('images.kernel')}>Linux {status.kernelVersion}</Fact>
      <Fact name={t('images.size')}>{formatBytes(status.sizeBytes)}</Fact>
      <Fact name={t('images.builtAt')}>{formatDateTime(status.builtAt)}</Fact>
      {users !== undefined && (
        <Fact name={t('images.usedBy')}>
          {t(users === 1 ? 'vms.countOne' : 'vms.countOther', { count: users })}
        </Fact>
      )}
      <Fact name={t('images.digest')}>
        <span className="-my-1.5 flex min-w-0 items-center justify-end gap-1">
          <code className="min-w-0 truncate font-mono font-normal text-xs">{status.digest}</code>
          <CopyButton text={status.digest} label={t('images.copyDigest')} />
        </span>
      </Fact>
    </Facts>
  );
}
