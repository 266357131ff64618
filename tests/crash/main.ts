import { parseArgs } from 'node:util';
import { assembleGuests } from '../guests/assemble';
import { TestConsole } from '../support/console';
import { crashDay } from './campaign';

const USAGE = `npm run crash -- [--kills N] [--seed N]
Kills a console of its own N times (100) at random moments of a day's work, and says what was not as
it should be after the next start.`;
const EXIT_USAGE = 64;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { kills: { type: 'string', default: '100' }, seed: { type: 'string' } },
  });
  const kills = Number(values.kills);
  if (!(kills > 0)) {
    console.error(USAGE);
    return EXIT_USAGE;
  }
  const seed = values.seed === undefined ? Date.now() % 2 ** 31 : Number(values.seed);
  assembleGuests();
  const tested = await TestConsole.start();
  try {
    const report = await crashDay(tested, kills, seed, (kill) =>
      process.stderr.write(`\r${kill} kills`),
    );
    process.stderr.write('\n');
    for (const fault of report.faults) console.error(fault);
    if (report.faults.length > 0) console.error(tested.log.slice(-2000));
    console.log(
      `${report.kills} kills, ${report.steps} steps in ${report.rounds} rounds, seed ${seed}, ${report.faults.length} faults`,
    );
    return report.faults.length > 0 ? 1 : 0;
  } finally {
    await tested.remove();
  }
}

main().then((code) => process.exit(code));
