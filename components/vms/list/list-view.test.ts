import { describe, expect, it } from 'vitest';
import { someVm } from '../../api/testing/fixtures';
import { applyView, isFiltered, readView, sortedBy, writeView } from './list-view';

const read = (query: string) => readView(new URLSearchParams(query));
const namesIn = (query: string, vms = MACHINES) =>
  applyView(vms, read(query)).map(({ name }) => name);

const MACHINES = [
  someVm({ id: '1', name: 'ci-10', state: 'running', tags: ['ci'] }),
  someVm({ id: '2', name: 'ci-9', state: 'crashed', tags: ['ci'] }),
  someVm({ id: '3', name: 'Web', state: 'running', notes: 'the shop' }),
  someVm({ id: '4', name: 'api', stateSince: '2026-01-02T00:00:00.000Z' }),
];

describe('the list of machines', () => {
  it('is sorted by name, as people count', () =>
    expect(namesIn('')).toEqual(['api', 'ci-9', 'ci-10', 'Web']));

  it('finds by name, notes and tags', () => {
    expect(namesIn('q=CI')).toEqual(['ci-9', 'ci-10']);
    expect(namesIn('q=shop')).toEqual(['Web']);
    expect(namesIn('q=%20')).toHaveLength(4);
  });

  it('shows only some states or a tag', () => {
    expect(namesIn('state=running,crashed')).toEqual(['ci-9', 'ci-10', 'Web']);
    expect(namesIn('state=running&tag=ci')).toEqual(['ci-10']);
  });

  it('is sorted by what is wanted, and then by name', () => {
    expect(namesIn('sort=state')).toEqual(['ci-9', 'ci-10', 'Web', 'api']);
    expect(namesIn('sort=-state')).toEqual(['api', 'ci-10', 'Web', 'ci-9']);
    expect(namesIn('sort=since')[0]).toBe('api');
  });

  it('shows all for an address that makes no sense', () =>
    expect(namesIn('state=nowhere&sort=-nothing')).toEqual(['api', 'ci-9', 'ci-10', 'Web']));
});

describe('the address of a list', () => {
  it.each(['', '?q=a+b&state=running%2Cstopped&tag=ci&sort=-size', '?sort=-name'])(
    'comes back as it was: %s',
    (query) => expect(writeView(read(query))).toBe(query),
  );

  it('turns round with the second press on a heading', () => {
    const once = sortedBy(read(''), 'size');
    expect(writeView(once)).toBe('?sort=size');
    expect(writeView(sortedBy(once, 'size'))).toBe('?sort=-size');
    expect(isFiltered(once)).toBe(false);
  });
});
