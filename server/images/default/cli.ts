import { homedir } from 'node:os';
import { parseArgs } from 'node:util';
import { resolveDirectories } from '../../config/directories';
import { type BuildProgress, buildDefaultImage, findDefaultImage } from './build';
import { ImageBuildError } from './build-error';
import { ensureBuildPackages } from './build-packages';

const USAGE = `npx tsx server/images/default/cli.ts COMMAND [--images DIR]

  build [--install]  builds the default image unless it is there, and prints its directory;
                     --install first installs the Debian packages that are missing, as root
  check              exits with 0 when the image is there, with 1 when it has to be built

--images DIR is the console's own directory of images unless given.`;

/** Between two lines about the same step. */
const LINE_MS = 2_000;

/** @returns the exit code */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { images: { type: 'string' }, install: { type: 'boolean' } },
  });
  const imagesDir = values.images ?? consoleImages();
  const [command, ...rest] = positionals;
  if (rest.length === 0 && command === 'check') {
    return (await findDefaultImage(imagesDir)) === undefined ? 1 : 0;
  }
  if (rest.length === 0 && command === 'build') {
    await build(imagesDir, values.install === true);
    return 0;
  }
  console.error(USAGE);
  return 2;
}

async function build(imagesDir: string, install: boolean): Promise<void> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => stop.abort(new Error(`the build was ended by ${signal}`)));
  }
  if (install) {
    await ensureBuildPackages({ signal: stop.signal, onLine: (line) => console.log(line) });
  }
  const onProgress = progressPrinter();
  const image = await buildDefaultImage({ imagesDir, signal: stop.signal, onProgress });
  console.log(image.directory);
}

function consoleImages(): string {
  const user = { uid: process.getuid?.() ?? 0, home: homedir() };
  return resolveDirectories(process.env, user).images;
}

function progressPrinter(): (progress: BuildProgress) => void {
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
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  if (error instanceof ImageBuildError) console.error(error.hint);
  process.exitCode = 2;
}
