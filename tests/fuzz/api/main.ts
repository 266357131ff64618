import { parseArgs } from 'node:util';
import { assembleGuests } from '../../guests/assemble';
import { TestConsole } from '../../support/console';
import { fuzzApi } from './campaign';

const USAGE = `npm run fuzz -- api [--requests N] [--seed N]
Asks a console of its own N requests (20000) made from its OpenAPI document, good ones and bad ones,
and says what was not answered as the document has it.`;
const EXIT_USAGE = 64;
/** A process that has seen everything once does not grow beyond this. */
const MOST_GROWTH = 1.5;

/** @param args behind the word `api` @returns the exit code */
export async function fuzzApiCommand(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { requests: { type: 'string', default: '20000' }, seed: { type: 'string' } },
  });
  const requests = Number(values.requests);
  if (!(requests > 0)) {
    console.error(USAGE);
    return EXIT_USAGE;
  }
  const seed = values.seed === undefined ? Date.now() % 2 ** 31 : Number(values.seed);
  assembleGuests();
  const tested = await TestConsole.start();
  try {
    const begun = performance.now();
    const found = await fuzzApi(tested, requests, seed, (done, mib) =>
      process.stderr.write(`\r${done.toLocaleString('en')} requests, ${mib.toFixed(0)} MiB `),
    );
    const seconds = (performance.now() - begun) / 1000;
    const [warm, end] = found.residentMiB;
    process.stderr.write('\n');
    for (const finding of found.findings) console.error(finding);
    if (found.findings.length > 0) console.error(tested.log.slice(-4000));
    const statuses = [...found.statuses].sort(([a], [b]) => a - b);
    console.log(statuses.map(([status, count]) => `${status}: ${count}`).join(', '));
    console.log(`never done: ${found.neverDone.join(', ') || 'none'}`);
    console.log(`resident: ${warm.toFixed(0)} MiB when warm, ${end.toFixed(0)} MiB at the end`);
    console.log(
      `${found.requests.toLocaleString('en')} requests in ${seconds.toFixed(0)} s (${(found.requests / seconds).toFixed(0)} a second), seed ${seed}, ${found.findings.length} findings`,
    );
    return found.findings.length > 0 || end > warm * MOST_GROWTH ? 1 : 0;
  } finally {
    await tested.remove();
  }
}
