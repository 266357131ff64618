'use client';

import { ChevronRight, CircleAlert, ClipboardCopy } from 'lucide-react';
import { formatDateTime } from '@/components/i18n/format';
import { useReader } from '@/components/i18n/language-provider';
import { useText } from '@/components/i18n/use-text';
import { Button } from '@/components/ui/button';
import { toast } from '@/components/ui/toast';
import type { Crash } from '@/server/api/vms';
import { crashText } from './crash-text';

interface CrashReportProps {
  readonly name: string;
  readonly crash: Crash;
  /** Whether registers and last lines stand open; beside the terminal they would push it away. */
  readonly open: boolean;
}

/** Why the machine is no more, from the cause in words down to the registers. */
export function CrashReport({ name, crash, open }: CrashReportProps) {
  const { t, say } = useReader();
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(crashText(name, crash));
      toast('success', t('common.copied'));
    } catch {
      toast('error', t('common.copyFailed'), { description: t('common.copyFailedHint') });
    }
  };
  return (
    <section
      aria-labelledby="crash-title"
      className="overflow-hidden rounded-lg border border-crashed/30 bg-surface shadow-lift"
    >
      <header className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3 bg-crashed-soft px-4 py-3.5 sm:px-5">
        <div className="flex min-w-0 gap-3">
          <CircleAlert aria-hidden className="mt-0.5 size-5 shrink-0 text-crashed" />
          <div className="min-w-0 max-w-[80ch]">
            <h2 id="crash-title" className="font-semibold text-base">
              {t('machine.crashTitle')}
            </h2>
            <p className="mt-0.5 break-words">{say(crash.message)}</p>
            <p className="mt-0.5 text-muted">{say(crash.hint)}</p>
            <p className="mt-1.5 flex flex-wrap gap-x-3 text-muted text-xs">
              <code className="font-mono">{crash.reason}</code>
              <time dateTime={crash.at}>{formatDateTime(crash.at)}</time>
              {crash.vcpu !== undefined && (
                <span>{t('machine.cpuOfVcpu', { index: crash.vcpu })}</span>
              )}
            </p>
          </div>
        </div>
        <Button size="sm" onClick={() => void copy()}>
          <ClipboardCopy aria-hidden /> {t('machine.crashCopy')}
        </Button>
      </header>
      <details open={open} className="group">
        <summary className="flex select-none list-none items-center gap-1.5 px-4 py-2.5 font-medium text-muted text-sm hover:text-ink sm:px-5">
          <ChevronRight aria-hidden className="size-4 transition-transform group-open:rotate-90" />
          {t('machine.crashDetails')}
        </summary>
        <CrashDetails crash={crash} />
      </details>
    </section>
  );
}

function CrashDetails({ crash }: { readonly crash: Crash }) {
  const t = useText();
  const registers = Object.entries(crash.registers ?? {});
  const hasState = registers.length > 0 || crash.instructionBytes !== undefined;
  return (
    <div className="grid gap-x-8 gap-y-5 px-4 pt-1 pb-4 sm:px-5 xl:grid-cols-[3fr_2fr]">
      {hasState && (
        <div className="flex min-w-0 flex-col gap-4">
          {registers.length > 0 && <Registers registers={registers} />}
          {crash.instructionBytes && (
            <div>
              <h3 className={HEADING}>{t('machine.crashBytes')}</h3>
              <code className="block break-words rounded-md bg-sunken px-3 py-2 font-mono text-xs">
                {inPairs(crash.instructionBytes)}
              </code>
            </div>
          )}
        </div>
      )}
      <div className="min-w-0">
        <h3 className={HEADING}>{t('machine.crashLastLines')}</h3>
        {crash.lastLines.length === 0 ? (
          <p className="text-muted">{t('machine.crashNoLines')}</p>
        ) : (
          <pre
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
            tabIndex={0}
            className="max-h-80 overflow-auto rounded-md bg-sunken px-3 py-2 font-mono text-xs leading-relaxed"
          >
            {crash.lastLines.join('\n')}
          </pre>
        )}
      </div>
    </div>
  );
}

function Registers({ registers }: { readonly registers: readonly (readonly [string, string])[] }) {
  const t = useText();
  return (
    <div>
      <h3 className={HEADING}>{t('machine.crashRegisters')}</h3>
      <dl className="grid grid-cols-[repeat(auto-fill,minmax(12rem,1fr))] gap-x-5 gap-y-1 font-mono text-xs">
        {registers.map(([register, value]) => (
          <div key={register} className="flex justify-between gap-3 border-line border-b py-0.5">
            <dt className="text-muted">{register}</dt>
            <dd className="tabular-nums">{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

/** `0f0b` as `0f 0b`, byte by byte. */
function inPairs(hex: string): string {
  return hex.replace(/([0-9a-f]{2})(?=[0-9a-f])/gi, '$1 ');
}

const HEADING = 'mb-1.5 font-medium text-muted text-sm';
