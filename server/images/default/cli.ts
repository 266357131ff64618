import { parseArgs } from 'node:util';
import { buildDefaultImage } from './build';
import { ImageBuildError } from './build-error';
import { ensureBuildPackages } from './build-packages';

const USAGE = 'Usage: npx tsx server/images/default/cli.ts build --images DIR [--install]';

/** Between two lines about the same step, unless it ends. */
const LINE_MS = 2_000;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { images: { type: 'string' }, install: { type: 'boolean' } },
  });
  if (positionals[0] !== 'build' || positionals.length > 1 || values.images === undefined) {
    throw new ImageBuildError(
      'recipe-refused',
      USAGE,
      'With --install, missing packages come too.',
    );
  }
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => stop.abort(new Error(`the build was ended by ${signal}`)));
  }
  if (values.install === true) {
    await ensureBuildPackages({ signal: stop.signal, onLine: (line) => console.log(line) });
  }
  const image = await buildDefaultImage({
    imagesDir: values.images,
    signal: stop.signal,
    onProgress: progressPrinter(),
  });
  console.log(image.directory);
}

function progressPrinter(): Parameters<typeof buildDefaultImage>[0]['onProgress'] {
  let lastStep = '';
  let lastAt = 0;
  return ({ step, detail, fraction }) => {
    const now = Date.now();
    if (step === lastStep && now - lastAt < LINE_MS) return;
    lastStep = step;
    lastAt = now;
    const percent = String(Math.round(fraction * 100)).padStart(3);
    console.log(`${percent} %  ${step}${detail === undefined ? '' : `, ${detail}`}`);
  };
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  if (error instanceof ImageBuildError) console.error(error.hint);
  process.exitCode = 1;
}
