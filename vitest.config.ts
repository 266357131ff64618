import { defineConfig } from 'vitest/config';

const alias = { '@': import.meta.dirname };
const MINUTE = 60_000;

/** Three kinds of tests: beside the code, against real monitors, and in a browser. */
export default defineConfig({
  resolve: { alias },
  test: {
    projects: [
      {
        resolve: { alias },
        test: {
          name: 'unit',
          include: ['{vmm-core,server,components,app,scripts}/**/*.test.{ts,tsx}'],
        },
      },
      {
        resolve: { alias },
        test: {
          name: 'integration',
          include: ['tests/integration/**/*.test.ts'],
          globalSetup: ['tests/support/payloads.ts'],
          testTimeout: MINUTE,
          hookTimeout: 15 * MINUTE,
          // A guest's kernel is slow enough by itself: two files at a time would race for cores.
          fileParallelism: false,
        },
      },
      {
        resolve: { alias },
        test: {
          name: 'e2e',
          include: ['tests/e2e/**/*.e2e.ts'],
          testTimeout: 5 * MINUTE,
          hookTimeout: 15 * MINUTE,
          fileParallelism: false,
        },
      },
    ],
  },
});
