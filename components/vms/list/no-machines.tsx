'use client';

import { SlidersHorizontal, SquareTerminal } from 'lucide-react';
import Link from 'next/link';
import { DEFAULT_MEMORY_BYTES } from '@/server/api/limits';
import { useImages } from '../../api/queries';
import { useCannotRun } from '../../host/use-cannot-run';
import { formatBytes } from '../../i18n/format';
import { useText } from '../../i18n/use-text';
import { useForbidden } from '../../session/use-forbidden';
import { Button } from '../../ui/button';
import { buttonStyle } from '../../ui/button-style';
import { EmptyState } from '../../ui/empty-state';
import { ErrorNotice } from '../../ui/error-notice';
import { nextName } from '../next-name';
import { useCreateAndOpen } from '../use-create-and-open';
import { StartIcon } from '../vm-icons';

/** The first thing a new administrator sees: one press away from a shell. */
export function NoMachines() {
  const t = useText();
  const ready = useImages().data?.[0]?.status.state === 'ready';
  const { pending, error, createAndOpen } = useCreateAndOpen();
  const forbidden = useForbidden();
  const cannotRun = useCannotRun();
  const memory = formatBytes(DEFAULT_MEMORY_BYTES);
  return (
    <EmptyState
      icon={<SquareTerminal />}
      title={t('vms.emptyTitle')}
      actions={
        <>
          <Button
            variant="primary"
            size="lg"
            pending={pending}
            disabledReason={forbidden ?? cannotRun}
            onClick={() => void createAndOpen(nextName([]))}
          >
            {!pending && <StartIcon />} {t('vms.createAndStart')}
          </Button>
          <Link href="/machines/new" className={buttonStyle('secondary', 'lg')}>
            <SlidersHorizontal aria-hidden /> {t('vms.customise')}
          </Link>
        </>
      }
    >
      <p>{t(ready ? 'vms.emptyBody' : 'vms.emptyBodyBuild', { memory })}</p>
      {error && (
        <ErrorNotice className="mt-5 text-left" title={t('vms.createFailed')} error={error} />
      )}
    </EmptyState>
  );
}
