/**
 * `npm test`: sets up what tests need and runs them all. Its last line is
 * `N passed, N failed` (`, N skipped`). `npm test -- unit` runs one kind: unit, components,
 * postgresql, integration, e2e.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkHost, ensurePrograms, whyNoKvm } from './support/host.mjs';
import { ensureBuild, ensurePackages, follow, run } from './support/project.mjs';
import { main, say, step } from './support/report.mjs';

const KINDS = ['unit', 'components', 'postgresql', 'integration', 'e2e'];
/** Debian's programs that tests use as judges and tools. */
const PROGRAMS = {
  gcc: 'gcc',
  as: 'binutils',
  ld: 'binutils',
  cpio: 'cpio',
  chromium: 'chromium',
  iasl: 'acpica-tools',
  ip: 'iproute2',
  nft: 'nftables',
  'mkfs.ext4': 'e2fsprogs',
  pg_lsclusters: 'postgresql',
  'qemu-img': 'qemu-utils',
};
/** Built images are content-addressed, so tests of any clone may share them. */
const IMAGES =
  process.env.VIRTDECK_IMAGES ??
  join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'virtdeck/images');

const IMAGE_CLI = ['--import', 'tsx', 'server/images/default/cli.ts'];

await main(async () => {
  const asked = process.argv.slice(2);
  const kinds = asked.length === 0 ? KINDS : asked;
  checkHost();
  await step('Checking programs', () => ensurePrograms(PROGRAMS));
  await ensurePackages();
  await ensureBuild();
  const kvm = whyNoKvm();
  if (kvm) say(`${kvm.cause} Tests that need it are skipped.\n  ${kvm.remedy}`);
  else if (kinds.some((kind) => kind === 'integration' || kind === 'e2e')) {
    await step('Default image', () =>
      run(process.execPath, [...IMAGE_CLI, 'build', '--install', '--images', IMAGES]),
    );
  }

  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const kind of kinds) {
    const { passed, failed, skipped } = await runKind(kind);
    total.passed += passed;
    total.failed += failed;
    total.skipped += skipped;
  }
  const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
  console.log(`${total.passed} passed, ${total.failed} failed${skipped}`);
  return total.failed > 0 || total.passed === 0 ? 1 : 0;
});

/**
 * @param {string} kind a project of vitest.config.ts
 * @returns {Promise<{ passed: number, failed: number, skipped: number }>}
 */
async function runKind(kind) {
  const directory = mkdtempSync(join(tmpdir(), 'virtdeck-test-'));
  const report = join(directory, 'report.json');
  try {
    const code = await follow(
      process.execPath,
      [
        'node_modules/vitest/vitest.mjs',
        'run',
        '--project',
        kind,
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${report}`,
      ],
      { VIRTDECK_IMAGES: IMAGES },
    );
    const { numPassedTests, numFailedTests, numPendingTests, numFailedTestSuites, testResults } =
      JSON.parse(readFileSync(report, 'utf8'));
    for (const { assertionResults } of testResults) {
      for (const { status, fullName } of assertionResults) {
        if (status === 'pending' || status === 'skipped') console.log(`skipped: ${fullName}`);
      }
    }
    // A file that does not load, or an error outside any test, has no test to fail.
    const unseen = code !== 0 && numFailedTests === 0 ? Math.max(1, numFailedTestSuites) : 0;
    return { passed: numPassedTests, failed: numFailedTests + unseen, skipped: numPendingTests };
  } catch (error) {
    console.error(`The ${kind} tests left no report: ${error}`);
    return { passed: 0, failed: 1, skipped: 0 };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
