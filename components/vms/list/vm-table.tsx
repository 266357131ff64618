'use client';

import { clsx } from 'clsx';
import type { ReactNode } from 'react';
import type { Vm } from '@/server/api/vms';
import { useText } from '../../i18n/use-text';
import { Checkbox } from '../../ui/checkbox';
import { SortButton } from '../../ui/sort-button';
import { VmName } from '../vm-name';
import { VmRemark } from '../vm-remark';
import { VmTags } from '../vm-tags';
import { type ListView, type SortKey, sortedBy } from './list-view';
import type { Selection } from './selection';
import { useColumns } from './use-columns';
import { useRowWindow } from './use-row-window';
import type { VmColumn } from './vm-columns';
import { VmRowActions } from './vm-row-actions';

/** Until it is measured. */
const ROW_PX = 49;

interface VmTableProps {
  readonly vms: readonly Vm[];
  readonly view: ListView;
  readonly onView: (view: ListView) => void;
  readonly selection: Selection;
}

/** Machines on screens with room for columns; `VmCards` is for the others. */
export function VmTable({ vms, view, onView, selection }: VmTableProps) {
  const t = useText();
  const { shown: columns } = useColumns();
  const { place, rows, above, below, measure } = useRowWindow(vms.length, ROW_PX);
  const chosen = selection.ids.size;
  return (
    <table
      ref={place}
      className="w-full border-collapse text-left"
      aria-label={t('vms.title')}
      // Of rows that are not drawn, a screen reader knows by these.
      aria-rowcount={vms.length + 1}
    >
      <thead>
        <tr className="border-line border-b">
          <th scope="col" className="w-px py-2 pr-1 pl-5">
            <Checkbox
              label={t('list.chooseAll')}
              checked={chosen > 0 && chosen === vms.length}
              some={chosen > 0 && chosen < vms.length}
              onChange={() => selection.choose(chosen === 0 ? vms.map(({ id }) => id) : [])}
            />
          </th>
          <Head sort="name" view={view} onView={onView}>
            {t('vms.columnName')}
          </Head>
          {columns.map(({ key, title, sort, figure, room }) => (
            <Head
              key={key}
              sort={sort}
              figure={figure}
              className={room}
              view={view}
              onView={onView}
            >
              {t(title)}
            </Head>
          ))}
          <Head view={view} onView={onView}>
            <span className="sr-only">{t('vms.columnActions')}</span>
          </Head>
        </tr>
      </thead>
      <tbody>
        <Space height={above} />
        {rows.map(({ index }) => {
          const vm = vms[index];
          return (
            vm !== undefined && (
              <Row
                key={vm.id}
                vm={vm}
                index={index}
                columns={columns}
                selection={selection}
                measure={measure}
              />
            )
          );
        })}
        <Space height={below} />
      </tbody>
    </table>
  );
}

interface RowProps {
  readonly vm: Vm;
  readonly index: number;
  readonly columns: readonly VmColumn[];
  readonly selection: Selection;
  readonly measure: (row: Element | null) => void;
}

function Row({ vm, index, columns, selection, measure }: RowProps) {
  const t = useText();
  const chosen = selection.ids.has(vm.id);
  return (
    <tr
      ref={measure}
      data-index={index}
      aria-rowindex={index + 2}
      className={clsx(
        'relative border-line border-b transition-colors last:border-0',
        chosen ? 'bg-accent-soft' : 'hover:bg-sunken',
      )}
    >
      <td className="w-px py-2.5 pr-1 pl-5">
        {/* Above the link that fills the row. */}
        <div className="relative z-10">
          <Checkbox
            label={t('list.choose', { name: vm.name })}
            checked={chosen}
            // A click tells of Shift, where a change does not.
            onClick={(event) => selection.toggle(vm.id, event.shiftKey)}
            onChange={() => {}}
          />
        </div>
      </td>
      <td className="w-full min-w-52 max-w-0 px-3 py-2.5 3xl:w-2/5">
        <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <VmName vm={vm} />
          <VmTags tags={vm.tags} />
        </div>
        <VmRemark vm={vm} />
      </td>
      {columns.map(({ key, figure, room, cell }) => (
        <td
          key={key}
          className={clsx(
            'whitespace-nowrap px-3 py-2.5',
            figure && 'text-right tabular-nums',
            room,
          )}
        >
          {/* Above the link, for what answers to a hover. */}
          <div className="relative z-10">{cell(vm)}</div>
        </td>
      ))}
      <td className="w-px py-1.5 pr-3 pl-1">
        <div className="relative z-10">
          <VmRowActions vm={vm} />
        </div>
      </td>
    </tr>
  );
}

/** In the place of the rows that are out of sight. */
function Space({ height }: { readonly height: number }) {
  if (height === 0) return null;
  return (
    <tr aria-hidden style={{ height }}>
      <td />
    </tr>
  );
}

interface HeadProps {
  readonly sort?: SortKey | undefined;
  readonly figure?: boolean | undefined;
  readonly className?: string | undefined;
  readonly view: ListView;
  readonly onView: (view: ListView) => void;
  readonly children: ReactNode;
}

function Head({ sort, figure, className, view, onView, children }: HeadProps) {
  const isSorted = sort !== undefined && view.sort === sort;
  const sorted = isSorted ? (view.descending ? 'descending' : 'ascending') : undefined;
  return (
    <th
      scope="col"
      aria-sort={sorted}
      className={clsx(
        'whitespace-nowrap px-3 py-2 font-medium text-faint text-xs',
        figure && 'text-right',
        className,
      )}
    >
      {sort === undefined ? (
        <span className="inline-block py-0.5 align-middle">{children}</span>
      ) : (
        <SortButton sorted={sorted} figure={figure} onClick={() => onView(sortedBy(view, sort))}>
          {children}
        </SortButton>
      )}
    </th>
  );
}
