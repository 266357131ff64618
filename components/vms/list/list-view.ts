import type { Vm, VmState } from '@/server/api/vms';

export const SORT_KEYS = ['name', 'state', 'size', 'since'] as const;
export type SortKey = (typeof SORT_KEYS)[number];

/** What the list shows and in which order; it stands in the address of the page. */
export interface ListView {
  /** Part of a name, a note or a tag. */
  readonly text: string;
  /** None: all. */
  readonly states: readonly VmState[];
  readonly tag: string;
  readonly sort: SortKey;
  readonly descending: boolean;
}

/** In the order of their need for a person, which is also that of sorting. */
export const STATES: readonly VmState[] = [
  'crashed',
  'starting',
  'stopping',
  'running',
  'paused',
  'stopped',
];

export function readView(query: Pick<URLSearchParams, 'get'>): ListView {
  const wanted = query.get('state')?.split(',') ?? [];
  const sort = query.get('sort') ?? '';
  const key = SORT_KEYS.find((name) => name === sort.replace(/^-/, ''));
  return {
    text: query.get('q') ?? '',
    states: STATES.filter((state) => wanted.includes(state)),
    tag: query.get('tag') ?? '',
    sort: key ?? 'name',
    descending: key !== undefined && sort.startsWith('-'),
  };
}

/** @returns "?…", or nothing for the list as it is without being asked */
export function writeView({ text, states, tag, sort, descending }: ListView): string {
  const query = new URLSearchParams();
  if (text !== '') query.set('q', text);
  if (states.length > 0) query.set('state', states.join(','));
  if (tag !== '') query.set('tag', tag);
  if (sort !== 'name' || descending) query.set('sort', descending ? `-${sort}` : sort);
  const written = query.toString();
  return written === '' ? '' : `?${written}`;
}

export function isFiltered({ text, states, tag }: ListView): boolean {
  return text.trim() !== '' || states.length > 0 || tag !== '';
}

/** A press on a heading: by it, and the other way round when it is by it already. */
export function sortedBy(view: ListView, sort: SortKey): ListView {
  return { ...view, sort, descending: view.sort === sort && !view.descending };
}

export function applyView(vms: readonly Vm[], view: ListView): Vm[] {
  const text = view.text.trim().toLowerCase();
  const order = view.descending ? -1 : 1;
  const compare = COMPARE[view.sort];
  return vms
    .filter(({ state }) => view.states.length === 0 || view.states.includes(state))
    .filter(({ tags }) => view.tag === '' || tags.includes(view.tag))
    .filter((vm) => text === '' || searchable(vm).includes(text))
    .toSorted((a, b) => order * compare(a, b) || byName(a, b));
}

function searchable({ name, notes, tags }: Vm): string {
  return [name, notes, ...tags].join('\n').toLowerCase();
}

/** As people count: `ci-9` before `ci-10`. */
const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });
const byName = (a: Vm, b: Vm) => collator.compare(a.name, b.name);

const COMPARE: Readonly<Record<SortKey, (a: Vm, b: Vm) => number>> = {
  name: byName,
  state: (a, b) => STATES.indexOf(a.state) - STATES.indexOf(b.state),
  size: (a, b) =>
    a.config.memory.bytes - b.config.memory.bytes || a.config.cpu.count - b.config.cpu.count,
  // The shortest time first, which is the latest moment.
  since: (a, b) => b.stateSince.localeCompare(a.stateSince),
};
