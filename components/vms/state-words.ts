import type { VmState } from '@/server/api/vms';
import type { TextKey } from '../i18n/catalogue';

/** The word for each state; it always stands beside the colour. */
export const STATE_WORDS = {
  running: 'vms.stateRunning',
  stopped: 'vms.stateStopped',
  paused: 'vms.statePaused',
  starting: 'vms.stateStarting',
  stopping: 'vms.stateStopping',
  crashed: 'vms.stateCrashed',
} as const satisfies Record<VmState, TextKey>;
