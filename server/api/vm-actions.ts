import type { VmState } from './vms';

export type VmAction =
  | 'start'
  | 'pause'
  | 'resume'
  | 'shutdown'
  | 'reset'
  | 'stop'
  | 'delete'
  | 'openConsole';

/** What may be done in which state: the one table for services, pages and tests. */
export const ACTIONS_BY_STATE: Readonly<Record<VmState, readonly VmAction[]>> = {
  stopped: ['start', 'delete', 'openConsole'],
  starting: ['stop', 'openConsole'],
  running: ['pause', 'shutdown', 'reset', 'stop', 'openConsole'],
  paused: ['resume', 'reset', 'stop', 'openConsole'],
  stopping: ['reset', 'stop', 'openConsole'],
  crashed: ['start', 'delete', 'openConsole'],
};

export function allows(state: VmState, action: VmAction): boolean {
  return ACTIONS_BY_STATE[state].includes(action);
}

const WHY_NOT: Readonly<Record<VmAction, string>> = {
  start: 'Only a stopped or crashed machine can be started.',
  pause: 'Only a running machine can be paused.',
  resume: 'Only a paused machine can be resumed.',
  shutdown: 'Only a running machine can be shut down.',
  reset: 'Only a running or paused machine can be reset.',
  stop: 'The machine is not running.',
  delete: 'Stop the machine first.',
  openConsole: 'The machine has no console.',
};

/** Why `action` is not possible now, in a sentence; undefined when it is. */
export function reasonNot(state: VmState, action: VmAction): string | undefined {
  return allows(state, action) ? undefined : WHY_NOT[action];
}
