import { QueryClient } from '@tanstack/react-query';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Vm } from '@/server/api/vms';
import { applyEvent } from './apply-event';
import { keys } from './keys';
import { someProblem, someVm } from './testing/fixtures';
import { actOnVm } from './vm-calls';

const client = new QueryClient();
const vm = someVm({ id: 'a' });
const shown = () => ({
  list: client.getQueryData<Vm[]>(keys.vms)?.map(({ state }) => state),
  page: client.getQueryData<Vm>(keys.vm('a'))?.state,
});

/** The server answers when it is let. */
function server() {
  let answer = (_status: number, _body: unknown) => {};
  vi.stubGlobal(
    'fetch',
    () =>
      new Promise<Response>((resolve) => {
        answer = (status, body) => resolve(new Response(JSON.stringify(body), { status }));
      }),
  );
  return (status: number, body: unknown) => answer(status, body);
}

beforeEach(() => {
  client.clear();
  client.setQueryData(keys.vms, [vm]);
  client.setQueryData(keys.vm('a'), vm);
});
afterEach(() => vi.unstubAllGlobals());

describe('actOnVm', () => {
  it('shows what a machine is on its way to before the server answers', async () => {
    const answer = server();
    const done = actOnVm(client, 'a', 'start');
    expect(shown()).toEqual({ list: ['starting'], page: 'starting' });
    answer(200, { ...vm, state: 'running', stateSince: '2026-01-02T00:00:00.000Z' });
    await done;
    expect(shown()).toEqual({ list: ['running'], page: 'running' });
  });

  it('takes it back when the server refuses', async () => {
    const answer = server();
    const done = actOnVm(client, 'a', 'start');
    answer(409, someProblem());
    await expect(done).rejects.toMatchObject({ code: 'wrong-state' });
    expect(shown()).toEqual({ list: ['stopped'], page: 'stopped' });
  });

  it('takes nothing back that was heard of meanwhile', async () => {
    const answer = server();
    const done = actOnVm(client, 'a', 'start');
    const crashed = someVm({ id: 'a', state: 'crashed', stateSince: '2026-01-02T00:00:00.000Z' });
    applyEvent(client, { type: 'vm.changed', vm: crashed }, () => {});
    answer(409, someProblem());
    await expect(done).rejects.toThrow();
    expect(shown()).toEqual({ list: ['crashed'], page: 'crashed' });
  });

  it('keeps a machine in sight until it is deleted', async () => {
    const answer = server();
    const done = actOnVm(client, 'a', 'delete');
    expect(shown().list).toEqual(['stopped']);
    answer(200, null);
    await done;
    expect(shown().list).toEqual([]);
  });
});
