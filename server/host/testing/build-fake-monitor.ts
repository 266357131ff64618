import { join } from 'node:path';
import { build } from 'esbuild';

/** Bundles the fake monitor as the real one is. @returns its path, in `directory` */
export async function buildFakeMonitor(directory: string): Promise<string> {
  const outfile = join(directory, 'fake-monitor.cjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'fake-monitor.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    // The ring's reader and writer share a file; the fake writes without it.
    plugins: [
      {
        name: 'no-ffi',
        setup: ({ onResolve, onLoad }) => {
          onResolve({ filter: /^koffi$/ }, () => ({ path: 'koffi', namespace: 'none' }));
          onLoad({ filter: /.*/, namespace: 'none' }, () => ({
            contents:
              'const none = new Proxy(function () {}, { get: () => none, apply: () => none }); export default none;',
          }));
        },
      },
    ],
    logLevel: 'warning',
  });
  return outfile;
}
