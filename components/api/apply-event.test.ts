import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Image } from '@/server/api/images';
import type { Vm } from '@/server/api/vms';
import { applyEvent } from './apply-event';
import { keys } from './keys';
import { someVm } from './testing/fixtures';

const client = new QueryClient();
const noNotice = () => {
  throw new Error('no notice expected');
};

const list = () => client.getQueryData<Vm[]>(keys.vms)?.map(({ id, state }) => `${id} ${state}`);

beforeEach(() => {
  client.clear();
  client.setQueryData(keys.vms, [someVm({ id: 'a' }), someVm({ id: 'b' })]);
});

describe('applyEvent', () => {
  it('changes a machine in its place of the list and in its own entry', () => {
    const vm = someVm({ id: 'a', state: 'running' });
    applyEvent(client, { type: 'vm.changed', vm }, noNotice);
    expect(list()).toEqual(['a running', 'b stopped']);
    expect(client.getQueryData(keys.vm('a'))).toEqual(vm);
  });

  it('adds a machine nobody knew', () => {
    applyEvent(client, { type: 'vm.changed', vm: someVm({ id: 'c' }) }, noNotice);
    expect(list()).toEqual(['a stopped', 'b stopped', 'c stopped']);
  });

  it('makes no list out of one machine', () => {
    client.removeQueries({ queryKey: keys.vms });
    applyEvent(client, { type: 'vm.changed', vm: someVm() }, noNotice);
    expect(client.getQueryData(keys.vms)).toBeUndefined();
  });

  it('forgets a machine that was deleted', () => {
    client.setQueryData(keys.vm('a'), someVm({ id: 'a' }));
    applyEvent(client, { type: 'vm.deleted', id: 'a' }, noNotice);
    expect(list()).toEqual(['b stopped']);
    expect(client.getQueryData(keys.vm('a'))).toBeUndefined();
  });

  it('asks again when a list from before the change is still on its way', async () => {
    let releaseFirst = (_list: Vm[]) => {};
    const queryFn = vi
      .fn<() => Promise<Vm[]>>()
      .mockImplementationOnce(
        () =>
          new Promise((resolve) => {
            releaseFirst = resolve;
          }),
      )
      .mockResolvedValue([someVm({ id: 'a', state: 'running' })]);
    // A page that shows the list.
    const stop = new QueryObserver(client, { queryKey: keys.vms, queryFn }).subscribe(() => {});
    applyEvent(client, { type: 'vm.changed', vm: someVm({ id: 'a', state: 'running' }) }, noNotice);
    releaseFirst([someVm({ id: 'a', state: 'stopped' })]);
    await vi.waitFor(() => expect(queryFn).toHaveBeenCalledTimes(2));
    await vi.waitFor(() => expect(client.isFetching()).toBe(0));
    expect(list()).toEqual(['a running']);
    stop();
  });

  it('changes the image', () => {
    const image: Image = { id: 'default', name: 'Default', status: { state: 'absent' } };
    client.setQueryData(keys.images, [image]);
    const building: Image = {
      ...image,
      status: { state: 'building', step: 'Compiling', detail: null, fraction: 0.5 },
    };
    applyEvent(client, { type: 'image.changed', image: building }, noNotice);
    expect(client.getQueryData(keys.images)).toEqual([building]);
  });

  it('hands a notice on', () => {
    const onNotice = vi.fn();
    const notice = { type: 'host.notice', code: 'x', detail: 'd', hint: 'h' } as const;
    applyEvent(client, notice, onNotice);
    expect(onNotice).toHaveBeenCalledWith(notice);
  });

  it('takes everything for old when events were missed', () => {
    applyEvent(client, { type: 'missed' }, noNotice);
    expect(client.getQueryState(keys.vms)?.isInvalidated).toBe(true);
  });
});
