import type { QueryClient } from '@tanstack/react-query';
import type { Image } from '@/server/api/images';
import type { Vm, VmState } from '@/server/api/vms';
import { keys } from './keys';

/** An answer that was asked for before this change may arrive after it and would undo it. */
function againIfUnderWay(client: QueryClient, queryKey: readonly string[]): void {
  if (client.isFetching({ queryKey }) > 0) void client.invalidateQueries({ queryKey });
}

/** A machine as an event or an answer told it, into the list and its own entry. */
export function putVm(client: QueryClient, vm: Vm): void {
  if (isOvertaken(client, vm)) return;
  showVm(client, vm);
  againIfUnderWay(client, keys.vms);
}

function showVm(client: QueryClient, vm: Vm): void {
  client.setQueryData<Vm>(keys.vm(vm.id), vm);
  client.setQueryData<Vm[]>(keys.vms, (list) => list && putById(list, vm));
}

function knownVm(client: QueryClient, id: string): Vm | undefined {
  return (
    client.getQueryData<Vm>(keys.vm(id)) ??
    client.getQueryData<Vm[]>(keys.vms)?.find((vm) => vm.id === id)
  );
}

/**
 * Shows a machine in the state it will be in once the server has heard of it.
 * @returns puts it back, unless the server has told of it meanwhile
 */
export function expectState(client: QueryClient, id: string, state: VmState): () => void {
  const before = knownVm(client, id);
  if (before === undefined) return () => {};
  // Its time stays: by that, what the server tells is known to be newer.
  showVm(client, { ...before, state });
  return () => {
    const now = knownVm(client, id);
    if (now?.state === state && now.stateSince === before.stateSince) showVm(client, before);
  };
}

/** Its own entry is dropped once the page that shows it has gone; the list forgets it at once. */
export function dropVm(client: QueryClient, id: string): void {
  client.setQueryData<Vm[]>(keys.vms, (list) => list?.filter((vm) => vm.id !== id));
  client.removeQueries({ queryKey: keys.vm(id), exact: true, type: 'inactive' });
  againIfUnderWay(client, keys.vms);
  void client.invalidateQueries({ queryKey: keys.vm(id), exact: true });
}

export function putImage(client: QueryClient, image: Image): void {
  client.setQueryData<Image[]>(keys.images, (list) => list && putById(list, image));
  againIfUnderWay(client, keys.images);
}

/** Order is kept; what is new comes last, as the server lists it. */
function putById<Item extends { readonly id: string }>(list: readonly Item[], item: Item): Item[] {
  return list.some(({ id }) => id === item.id)
    ? list.map((old) => (old.id === item.id ? item : old))
    : [...list, item];
}

/** A start is quick: the event of the running machine can overtake the answer that says `starting`. */
function isOvertaken(client: QueryClient, vm: Vm): boolean {
  const known = knownVm(client, vm.id);
  return known !== undefined && known.stateSince > vm.stateSince;
}
