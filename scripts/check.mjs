/** `npm run check`: types, lint and format, import rules, unit tests. Side by side, for it is asked often. */
import { spawn } from 'node:child_process';
import { ROOT } from './support/project.mjs';

const CHECKS = {
  types: ['tsc', '--noEmit'],
  'lint and format': ['biome', 'check', '--error-on-warnings', '.'],
  'import rules': [
    'depcruise',
    '--config',
    '.dependency-cruiser.cjs',
    'app',
    'components',
    'server',
    'vmm-core',
    'tests',
  ],
  'unit tests': ['vitest', 'run', '--project', 'unit', '--reporter=dot'],
};

const results = await Promise.all(
  Object.entries(CHECKS).map(async ([name, [command, ...args]]) => {
    const began = performance.now();
    const { code, output } = await capture(`node_modules/.bin/${command}`, args);
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    console.log(`${code === 0 ? '✓' : '✗'} ${name} (${seconds} s)`);
    if (code !== 0) console.log(output);
    return code === 0;
  }),
);
process.exitCode = results.every(Boolean) ? 0 : 1;

/**
 * @param {string} command
 * @param {string[]} args
 * @returns {Promise<{ code: number | null, output: string }>}
 */
function capture(command, args) {
  const child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output += chunk;
  });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, output })));
}
