import { defineConfig } from 'vitest/config';

const alias = { '@': import.meta.dirname };
const MINUTE = 60_000;

/**
 * They wait for disks and timers more than for cores, and share no state. Projects that run in one
 * go want the same number of workers.
 */
const MANY_SMALL_FILES = { maxWorkers: 4, isolate: false };

/** Tests beside the code, against PostgreSQL, against real monitors, and in a browser. */
export default defineConfig({
  resolve: { alias },
  test: {
    projects: [
      {
        resolve: { alias },
        test: {
          name: 'unit',
          include: ['{vmm-core,server,components,app,scripts}/**/*.test.ts'],
          ...MANY_SMALL_FILES,
        },
      },
      {
        resolve: { alias },
        test: {
          // What a person sees and does, on the mock of the API and in a DOM without a browser.
          name: 'components',
          include: ['components/**/*.test.tsx'],
          environment: 'happy-dom',
          environmentOptions: {
            happyDOM: {
              url: 'http://console.test/',
              width: 1280,
              height: 800,
              settings: { navigation: { disableMainFrameNavigation: true } },
            },
          },
          setupFiles: ['components/testing/setup.ts'],
          testTimeout: 20_000,
          ...MANY_SMALL_FILES,
        },
      },
      {
        resolve: { alias },
        test: {
          // The tests of the control plane once more, on the other kind of database.
          name: 'postgresql',
          include: ['{server,app}/**/*.test.ts'],
          exclude: ['server/images/default/**', 'server/host/**'],
          globalSetup: ['tests/support/postgresql.ts'],
          testTimeout: 20_000,
          hookTimeout: 20_000,
          ...MANY_SMALL_FILES,
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
          // What is waited for is waited for as long as a page's own waits.
          expect: { poll: { timeout: 15_000 } },
          hookTimeout: 15 * MINUTE,
          fileParallelism: false,
        },
      },
    ],
  },
});
