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
  client.setQueryData<Vm>(keys.vm(vm.id), vm);
  client.setQueryData<Vm[]>(keys.vms, (list) => list && putById(list, vm));
  againIfUnderWay(client, keys.vms);
}

function knownVm(client: QueryClient, id: string): Vm | undefined {
  return (
    client.getQueryData<Vm>(keys.vm(id)) ??
    client.getQueryData<Vm[]>(keys.vms)?.find((vm) => vm.id === id)
  );
}

/** Where the machine is shown now, and nowhere else. */
function show(client: QueryClient, vm: Vm): void {
  client.setQueryData<Vm>(keys.vm(vm.id), (known) => known && vm);
  client.setQueryData<Vm[]>(keys.vms, (list) =>
    list?.map((known) => (known.id === vm.id ? vm : known)),
  );
}

/**
 * Shows a machine in the state it was asked into. What the server tells next holds, whatever it is:
 * `stateSince` stays, so that nothing it says looks older than this.
 * @returns takes it back, unless something was heard of the machine meanwhile
 */
export function expectState(client: QueryClient, id: string, state: VmState): () => void {
  const before = knownVm(client, id);
  if (before === undefined) return () => {};
  show(client, { ...before, state });
  return () => {
    const known = knownVm(client, id);
    const untold = known?.state === state && known.stateSince === before.stateSince;
    if (untold) show(client, before);
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
