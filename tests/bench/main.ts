import { block } from './block';
import { boot } from './boot';
import { console as consoleBench } from './console';
import { density } from './density';
import { exits } from './exits';
import { memory } from './memory';
import { net } from './net';
import { start } from './start';
import { type Bench, BenchError } from './support/bench';
import { Cleanup } from './support/cleanup';
import { type Finished, printTable, writeReport } from './support/report';
import { web } from './web';

/** `npm run bench -- NAME [--json]`; NAME is one of these, or all. */
const BENCHES: Readonly<Record<string, Bench>> = {
  ...{ exits, start, boot, memory, block, net },
  console: consoleBench,
  ...{ density, web },
};
const EXIT_USAGE = 64;

const args = process.argv.slice(2);
const json = args.includes('--json');
const [name, ...rest] = args.filter((arg) => arg !== '--json');
const known = Object.keys(BENCHES);
if (name === undefined || rest.length > 0 || (name !== 'all' && !known.includes(name))) {
  process.stderr.write(`usage: bench NAME [--json], NAME one of: ${known.join(', ')}, all\n`);
  process.exit(EXIT_USAGE);
}

const cleanup = new Cleanup();
const finished: Finished[] = [];
for (const wanted of name === 'all' ? known : [name]) {
  const bench = BENCHES[wanted];
  if (bench === undefined) continue;
  const outcome = await measure(wanted, bench);
  finished.push({ name: wanted, bench, outcome });
  if (!json) printTable(bench, outcome);
}
if (name === 'all') process.stderr.write(`wrote ${writeReport(finished)}\n`);
if (json) process.stdout.write(`${JSON.stringify(asJson())}\n`);
const failed = finished.filter(({ outcome }) => 'failure' in outcome);
// Monitors that were ended leave watches of the event loop behind.
process.exit(failed.length > 0 ? 1 : 0);

async function measure(wanted: string, bench: Bench): Promise<Finished['outcome']> {
  try {
    return await bench.run({
      cleanup,
      progress: (text) => process.stderr.write(`${wanted}: ${text}\n`),
    });
  } catch (error) {
    const known = error instanceof BenchError;
    const failure = error instanceof Error ? error.message : String(error);
    process.stderr.write(
      `${wanted} failed: ${known || !(error instanceof Error) ? failure : error.stack}\n`,
    );
    return { failure };
  }
}

/** One bench as an object of its keys; all of them as an object of such objects. */
function asJson(): unknown {
  const objects = finished.map(({ name, outcome }): [string, unknown] => [
    name,
    'failure' in outcome
      ? { bench: name, error: outcome.failure }
      : { bench: name, ...outcome.keys, runs: outcome.runs, spread: outcome.spread },
  ]);
  return name === 'all' ? Object.fromEntries(objects) : objects[0]?.[1];
}
