import fs from 'node:fs';
import path from 'node:path';
import vm from 'node:vm';
import { isMainThread } from 'node:worker_threads';

/**
 * The program that starts as a monitor, in its first thread and in each of its workers: it runs the
 * code beside it. That code has a cache of what V8 made of it in a monitor that was ready to run a
 * machine, which saves a start the time to parse and compile it. V8 refuses a cache that another
 * version of it made, and the code is compiled as ever then.
 */

/** Set by the build: the file's name holds a hash of its content, so that no cache is another's. */
declare const MONITOR_CODE: string;

/** Set when the build wants the caches written. */
const WRITE_CACHE = 'VIRTDECK_WRITE_CODE_CACHE';
/** A monitor has rehearsed a machine's run by then. */
const REHEARSED_MS = 1500;

type Code = (require: NodeJS.Require, __filename: string) => void;

const file = path.join(__dirname, MONITOR_CODE);
const cache = `${file}.${isMainThread ? 'main' : 'worker'}.cache`;
const cachedData = readCache();
const script = new vm.Script(fs.readFileSync(file, 'latin1'), {
  filename: file,
  ...(cachedData === undefined ? {} : { cachedData }),
});
(script.runInThisContext() as Code)(require, __filename);

if (process.env[WRITE_CACHE] !== undefined) {
  setTimeout(() => {
    fs.writeFileSync(`${cache}.new`, script.createCachedData());
    fs.renameSync(`${cache}.new`, cache);
  }, REHEARSED_MS);
}

function readCache(): Buffer | undefined {
  try {
    return fs.readFileSync(cache);
  } catch {
    return undefined;
  }
}
