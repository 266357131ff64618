'use client';

import type { Host } from '@/server/api/host';
import type { VmState } from '@/server/api/vms';
import { useVms } from '../api/queries';
import { formatBytes } from '../i18n/format';
import { useText } from '../i18n/use-text';
import { Bar } from '../ui/bar';
import { CardSection } from '../ui/card';
import { Fact, Facts } from '../ui/facts';

const NEARLY_FULL = 0.9;

/** A machine in one of these may take all the memory it was given. */
const HOLDS_MEMORY: ReadonlySet<VmState> = new Set(['starting', 'running', 'paused', 'stopping']);

export function HostMemory({ host }: { readonly host: Host }) {
  const t = useText();
  const promised = useVms()
    .data?.filter(({ state }) => HOLDS_MEMORY.has(state))
    .reduce((sum, { config }) => sum + config.memory.bytes, 0);
  const used = host.memoryBytes - host.memoryAvailableBytes;
  return (
    <CardSection id="memory" title={t('host.memory')}>
      <div className="mb-2 flex items-baseline justify-between gap-4">
        <p className="font-medium tabular-nums">
          {t('host.memoryUsed', { used: formatBytes(used), total: formatBytes(host.memoryBytes) })}
        </p>
        <p className="text-muted tabular-nums">
          {t('host.memoryFree', { free: formatBytes(host.memoryAvailableBytes) })}
        </p>
      </div>
      <Bar fraction={used / host.memoryBytes} worry={used / host.memoryBytes >= NEARLY_FULL} />
      {promised !== undefined && (
        <div className="mt-5">
          <Facts>
            <Fact name={t('host.promised')}>{formatBytes(promised)}</Fact>
          </Facts>
        </div>
      )}
    </CardSection>
  );
}
