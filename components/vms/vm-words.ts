import type { VmAction } from '@/server/api/vm-actions';
import type { TextKey } from '../i18n/catalogue';

export type CommandName = Exclude<VmAction, 'openConsole'>;

/** What is said of an action that failed. */
export const FAILED_WORDS = {
  start: 'vms.startFailed',
  pause: 'vms.pauseFailed',
  resume: 'vms.resumeFailed',
  shutdown: 'vms.shutdownFailed',
  stop: 'vms.stopFailed',
  reset: 'vms.resetFailed',
  delete: 'vms.deleteFailed',
} as const satisfies Record<CommandName, TextKey>;
