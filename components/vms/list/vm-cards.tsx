'use client';

import type { Vm } from '@/server/api/vms';
import { useText } from '../../i18n/use-text';
import { Checkbox } from '../../ui/checkbox';
import { Since } from '../since';
import { StateBadge } from '../state-badge';
import { VmName } from '../vm-name';
import { VmRemark } from '../vm-remark';
import { VmTags } from '../vm-tags';
import type { Selection } from './selection';
import { useRowWindow } from './use-row-window';
import { VmRowActions } from './vm-row-actions';
import { VmSize } from './vm-size';

/** Until it is measured. */
const CARD_PX = 88;

interface VmCardsProps {
  readonly vms: readonly Vm[];
  readonly selection: Selection;
}

/** Machines on narrow screens, one below the other. */
export function VmCards({ vms, selection }: VmCardsProps) {
  const t = useText();
  const { place, rows, above, below, measure } = useRowWindow<HTMLUListElement>(
    vms.length,
    CARD_PX,
  );
  return (
    <ul ref={place} style={{ paddingTop: above, paddingBottom: below }}>
      {rows.map(({ index }) => {
        const vm = vms[index];
        if (vm === undefined) return null;
        return (
          <li
            key={vm.id}
            ref={measure}
            data-index={index}
            className="relative flex items-start gap-2 border-line border-b py-2 pr-2 pl-1.5 last:border-0"
          >
            <div className="relative z-10 p-2.5">
              <Checkbox
                label={t('list.choose', { name: vm.name })}
                checked={selection.ids.has(vm.id)}
                onChange={() => selection.toggle(vm.id, false)}
              />
            </div>
            <div className="min-w-0 flex-1 py-1.5">
              <p className="min-w-0">
                <VmName vm={vm} />
              </p>
              <VmRemark vm={vm} />
              <div className="mt-1.5 mb-1.5 flex flex-wrap items-center gap-x-2.5 gap-y-1.5 text-muted text-xs tabular-nums">
                <StateBadge state={vm.state} />
                <Since iso={vm.stateSince} />
                <VmSize vm={vm} />
                <VmTags tags={vm.tags} />
              </div>
            </div>
            <div className="relative z-10">
              <VmRowActions vm={vm} />
            </div>
          </li>
        );
      })}
    </ul>
  );
}
