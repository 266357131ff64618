import type { ConsoleEvent } from './events';

/** Every type of event there is; apart from the schemas, so that who listens need not load them. */
export const EVENT_TYPES = [
  'vm.changed',
  'vm.deleted',
  'image.changed',
  'image.deleted',
  'disk.changed',
  'disk.deleted',
  'recording.changed',
  'recording.deleted',
  'task.changed',
  'host.notice',
  'missed',
] as const satisfies readonly ConsoleEvent['type'][];
