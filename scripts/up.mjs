/**
 * `npm run up`: from a clean clone to a running console. Run again, it repeats nothing that is
 * done. Options are the console's own: `npm run up -- --port 8000`.
 */
import { spawnSync } from 'node:child_process';
import { checkHost, whyNoKvm } from './support/host.mjs';
import { ensureBuild, ensurePackages, follow, ROOT } from './support/project.mjs';
import { main, say, step } from './support/report.mjs';

await main(async () => {
  checkHost();
  await ensurePackages();
  await ensureBuild();
  await defaultImage();
  const kvm = whyNoKvm();
  if (kvm) say(`${kvm.cause} The console starts all the same.\n  ${kvm.remedy}`);
  return follow(process.execPath, [
    '--enable-source-maps',
    'dist/server.mjs',
    ...process.argv.slice(2),
  ]);
});

/** Without an image everything else still works, so a build that fails is told and no more. */
async function defaultImage() {
  const cli = (/** @type {string[]} */ ...args) =>
    spawnSync(process.execPath, ['--import', 'tsx', 'server/images/default/cli.ts', ...args], {
      cwd: ROOT,
      stdio: 'inherit',
    }).status === 0;
  if (cli('check')) return;
  const name = 'Building the default image (a kernel: some minutes, once)';
  const built = await step(name, () => cli('build', '--install'));
  if (!built) say('There is no default image yet: its page in the console can build it later.');
}
