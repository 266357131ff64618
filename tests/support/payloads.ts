import fs from 'node:fs';
import { assembleGuests } from '../guests/assemble';
import { MONITOR_BUNDLE } from './machine';

/** Once before all integration tests: the payload kernels are assembled, the bundle is there. */
export function setup(): void {
  assembleGuests();
  if (!fs.existsSync(MONITOR_BUNDLE)) {
    throw new Error(`${MONITOR_BUNDLE} is missing: run \`npm run build:monitor\` first.`);
  }
}
