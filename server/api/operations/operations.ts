import { consoleOperations } from './console';
import { machineOperations } from './machines';
import type { Operation } from './operation';
import { peopleOperations } from './people';
import { recordingOperations } from './recordings';
import { storageOperations } from './storage';

/** Every request of the API, by the name that clients call it by. */
export const operations = {
  ...machineOperations,
  ...storageOperations,
  ...recordingOperations,
  ...consoleOperations,
  ...peopleOperations,
} satisfies Readonly<Record<string, Operation>>;

export type Operations = typeof operations;
export type OperationName = keyof Operations;
