'use client';

import { CircleAlert, CircleCheck } from 'lucide-react';
import type { KvmStatus } from '@/server/api/host';
import { useReader } from '../i18n/language-provider';
import { useText } from '../i18n/use-text';
import { Badge } from '../ui/badge';
import { CardSection } from '../ui/card';
import { Fact, Facts } from '../ui/facts';
import { Notice } from '../ui/notice';

/** Whether machines can run here, and what stands in the way. */
export function KvmCard({ kvm }: { readonly kvm: KvmStatus }) {
  const t = useText();
  return (
    <CardSection
      id="virtualisation"
      title={t('host.virtualisation')}
      actions={
        kvm.available ? (
          <Badge tone="running" icon={<CircleCheck aria-hidden />}>
            {t('host.kvmAvailable')}
          </Badge>
        ) : (
          <Badge tone="crashed" icon={<CircleAlert aria-hidden />}>
            {t('host.kvmMissing')}
          </Badge>
        )
      }
    >
      {kvm.available ? <Available kvm={kvm} /> : <Missing kvm={kvm} />}
    </CardSection>
  );
}

function Available({ kvm }: { readonly kvm: Extract<KvmStatus, { available: true }> }) {
  const t = useText();
  return (
    <>
      <Facts>
        <Fact name={t('host.kvmApi')}>{kvm.apiVersion}</Fact>
        <Fact name={t('host.quirks')}>
          {kvm.quirks.length === 0 ? (
            t('host.noQuirks')
          ) : (
            <span className="flex flex-wrap justify-end gap-1.5">
              {kvm.quirks.map((quirk) => (
                <Badge key={quirk}>{quirk}</Badge>
              ))}
            </span>
          )}
        </Fact>
      </Facts>
      {kvm.quirks.length > 0 && <p className="mt-3 text-faint text-xs">{t('host.quirksHint')}</p>}
    </>
  );
}

function Missing({ kvm }: { readonly kvm: Extract<KvmStatus, { available: false }> }) {
  const { t, say } = useReader();
  return (
    <Notice tone="error" title={t('host.bannerTitle')}>
      <p>{say(kvm.detail)}</p>
      <p>{say(kvm.hint)}</p>
    </Notice>
  );
}
