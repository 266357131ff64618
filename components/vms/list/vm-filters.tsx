'use client';

import { Columns3, Search } from 'lucide-react';
import { useRef } from 'react';
import type { Vm } from '@/server/api/vms';
import { useText } from '../../i18n/use-text';
import { useShortcut } from '../../shortcuts/use-shortcut';
import { Button } from '../../ui/button';
import { Chip } from '../../ui/chip';
import { Input } from '../../ui/input';
import { Menu, MenuCheck, MenuLabel } from '../../ui/menu';
import { Select } from '../../ui/select';
import { STATE_WORDS } from '../state-words';
import { type ListView, STATES } from './list-view';
import { useColumns } from './use-columns';
import { VM_COLUMNS } from './vm-columns';

interface VmFiltersProps {
  readonly vms: readonly Vm[];
  readonly view: ListView;
  readonly onChange: (view: ListView) => void;
}

/** Ways to fewer machines, and what is told of each. */
export function VmFilters({ vms, view, onChange }: VmFiltersProps) {
  const t = useText();
  const search = useRef<HTMLInputElement>(null);
  useShortcut('/', () => search.current?.focus());
  const tags = [...new Set(vms.flatMap((vm) => vm.tags))].sort();
  return (
    <search className="flex flex-wrap items-center gap-2">
      <div className="relative w-full sm:w-64">
        <Search
          aria-hidden
          className="pointer-events-none absolute inset-y-0 left-3 my-auto size-4 text-faint"
        />
        <Input
          ref={search}
          type="search"
          aria-label={t('list.search')}
          placeholder={t('list.search')}
          className="pl-9"
          value={view.text}
          onChange={(event) => onChange({ ...view, text: event.target.value })}
        />
      </div>
      <fieldset className="flex flex-wrap gap-1.5" aria-label={t('list.states')}>
        {STATES.map((state) => {
          const count = vms.filter((vm) => vm.state === state).length;
          const chosen = view.states.includes(state);
          if (count === 0 && !chosen) return null;
          return (
            <Chip
              key={state}
              pressed={chosen}
              onClick={() =>
                onChange({
                  ...view,
                  states: chosen
                    ? view.states.filter((other) => other !== state)
                    : STATES.filter((other) => other === state || view.states.includes(other)),
                })
              }
            >
              {t(STATE_WORDS[state])}
              <span className={chosen ? undefined : 'text-faint'}>{count}</span>
            </Chip>
          );
        })}
      </fieldset>
      {(tags.length > 0 || view.tag !== '') && (
        <Select
          aria-label={t('list.tag')}
          className="w-full sm:w-40"
          value={view.tag}
          onChange={(event) => onChange({ ...view, tag: event.target.value })}
        >
          <option value="">{t('list.anyTag')}</option>
          {tags.map((tag) => (
            <option key={tag}>{tag}</option>
          ))}
        </Select>
      )}
      <div className="ml-auto max-md:hidden">
        <ColumnMenu />
      </div>
    </search>
  );
}

function ColumnMenu() {
  const t = useText();
  const { shown, toggle } = useColumns();
  return (
    <Menu
      trigger={
        <Button variant="ghost" size="icon" label={t('list.columns')}>
          <Columns3 aria-hidden />
        </Button>
      }
    >
      <MenuLabel>{t('list.columns')}</MenuLabel>
      {VM_COLUMNS.map((column) => (
        <MenuCheck
          key={column.key}
          checked={shown.includes(column)}
          onChange={() => toggle(column.key)}
        >
          {t(column.title)}
        </MenuCheck>
      ))}
    </Menu>
  );
}
