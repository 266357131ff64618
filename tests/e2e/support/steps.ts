import { afterEach, beforeEach } from 'vitest';
import type { TestConsole } from '../../support/console';
import type { Visitor } from './visitor';

interface Scene {
  readonly served: TestConsole;
  readonly visitors: readonly Visitor[];
}

/**
 * Makes the tests of a describe the steps of one story: each goes on where the one before it
 * ended, so the first that fails is the last that runs.
 * @param scene what is looked at when a step fails
 */
export function inSteps(scene: () => Scene): void {
  let brokenBy: string | undefined;
  beforeEach(({ skip }) => {
    if (brokenBy !== undefined) skip(`the step “${brokenBy}” failed`);
  });
  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail') return;
    brokenBy = task.name;
    const { served, visitors } = scene();
    for (const visitor of visitors) await visitor.shoot('failed');
    console.error(served.log);
  });
}
