'use client';

import Link from 'next/link';
import type { Vm } from '@/server/api/vms';
import { API } from '../api/client';
import { useText } from '../i18n/use-text';
import { CardSection } from '../ui/card';
import { CopyButton } from '../ui/copy-button';

const TOKEN = '-H "Authorization: Bearer $VIRTDECK_TOKEN"';

/** The machine as programs see it. */
export function MachineApi({ vm }: { readonly vm: Vm }) {
  const t = useText();
  const address = `${window.location.origin}${API}/vms/${encodeURIComponent(vm.id)}`;
  const commands = [
    { does: t('machine.apiRead'), text: `curl ${TOKEN} ${address}` },
    { does: t('vms.start'), text: `curl -X POST ${TOKEN} ${address}/start` },
    { does: t('vms.shutdown'), text: `curl -X POST ${TOKEN} ${address}/shutdown` },
    { does: t('vms.openConsole'), text: `virtdeck console ${vm.id}` },
  ];
  const json = JSON.stringify(vm, undefined, 2);
  return (
    <div className="flex flex-col gap-5">
      <CardSection
        id="calls"
        title={t('machine.apiCalls')}
        description={t('machine.apiHint')}
        actions={
          <Link href="/reference" className="text-accent-text text-sm hover:underline">
            {t('machine.apiReference')}
          </Link>
        }
      >
        <dl className="flex flex-col gap-3">
          {commands.map(({ does, text }) => (
            <div key={does}>
              <dt className="mb-1 text-muted text-sm">{does}</dt>
              <dd className="flex items-center gap-2 rounded-md bg-sunken py-1 pr-1 pl-3">
                <code
                  // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard has to get there
                  tabIndex={0}
                  className="min-w-0 flex-1 overflow-x-auto whitespace-pre font-mono text-xs"
                >
                  {text}
                </code>
                <CopyButton text={text} label={t('reference.copyExample')} />
              </dd>
            </div>
          ))}
        </dl>
      </CardSection>
      <CardSection id="as-json" title={t('machine.apiJson')} actions={<CopyButton text={json} />}>
        <pre
          // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard has to get there
          tabIndex={0}
          className="max-h-[32rem] overflow-auto rounded-md bg-sunken p-3 font-mono text-xs leading-relaxed"
        >
          {json}
        </pre>
      </CardSection>
    </div>
  );
}
