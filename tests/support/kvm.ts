import fs from 'node:fs';
import { describe } from 'vitest';

/** Whether this host can run machines, and if not, why. */
function whyNoKvm(): string | undefined {
  try {
    fs.accessSync('/dev/kvm', fs.constants.R_OK | fs.constants.W_OK);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/**
 * A group of tests that runs machines. Without KVM its tests are skipped, each by its name, unless
 * VIRTDECK_REQUIRE_KVM=1 says that the host must have it: then they run, and fail.
 */
export function describeWithKvm(name: string, tests: () => void): void {
  const missing = whyNoKvm();
  const required = process.env['VIRTDECK_REQUIRE_KVM'] === '1';
  if (missing === undefined || required) describe(name, tests);
  else describe.skip(`${name} (skipped: ${missing})`, tests);
}
