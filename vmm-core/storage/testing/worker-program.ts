import { createRequire } from 'node:module';
import path from 'node:path';
import { build } from 'esbuild';

const SOURCE = `
import { workerData } from 'node:worker_threads';
import { serveDisk } from './thread-disk-worker';
serveDisk(workerData);
`;

/** Bundles what a disk's thread runs, as the monitor's own bundle has it. */
export async function buildWorkerProgram(outfile: string): Promise<void> {
  const koffi = createRequire(import.meta.url).resolve('koffi');
  await build({
    stdin: { contents: SOURCE, resolveDir: path.join(import.meta.dirname, '..'), loader: 'ts' },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'warning',
    plugins: [
      {
        name: 'koffi-where-it-is-installed',
        setup: ({ onResolve }) =>
          onResolve({ filter: /^koffi$/ }, () => ({ path: koffi, external: true })),
      },
    ],
  });
}
