import { accessSync, chmodSync, constants, mkdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { StartError } from './start-error';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Directories {
  /** Database, images, what is kept of machines. Survives a reboot. */
  readonly data: string;
  /** A directory a monitor: sockets, pids. Worthless after a reboot. */
  readonly run: string;
  /** Built images. They are content-addressed, so consoles may share them. */
  readonly images: string;
}

/** sun_path of <sys/un.h>, the terminating NUL included. */
const UNIX_PATH_BYTES = 108;
/** "/" + 12 hexadecimal digits + "/control.sock", the longest path below the run directory. */
const LONGEST_SOCKET_SUFFIX = 1 + 12 + 1 + 'control.sock'.length;

/** Where things are kept; nothing is touched yet. */
export function resolveDirectories(
  env: Environment,
  user: { readonly uid: number; readonly home: string },
): Directories {
  const data = resolve(env['VIRTDECK_DATA'] || defaultData(env, user));
  return {
    data,
    run: resolve(env['VIRTDECK_RUN'] || defaultRun(env, user, data)),
    images: resolve(env['VIRTDECK_IMAGES'] || join(data, 'images')),
  };
}

function defaultData(env: Environment, user: { uid: number; home: string }): string {
  if (env['XDG_DATA_HOME']) return join(env['XDG_DATA_HOME'], 'virtdeck');
  return user.uid === 0 ? '/var/lib/virtdeck' : join(user.home, '.local/share/virtdeck');
}

function defaultRun(env: Environment, user: { uid: number }, data: string): string {
  if (user.uid === 0) return '/run/virtdeck';
  if (env['XDG_RUNTIME_DIR']) return join(env['XDG_RUNTIME_DIR'], 'virtdeck');
  return join(data, 'run');
}

/**
 * Makes both, for this user's eyes only: who can reach a monitor's socket commands the machine.
 * @throws StartError when one cannot be made, is somebody else's, or is too long for a socket
 */
export function prepareDirectories(directories: Pick<Directories, 'data' | 'run'>): void {
  const longest = Buffer.byteLength(directories.run) + LONGEST_SOCKET_SUFFIX;
  if (longest >= UNIX_PATH_BYTES) {
    throw new StartError(
      `The run directory ${directories.run} is too long: a socket in it would take ${longest} bytes ` +
        `of the ${UNIX_PATH_BYTES - 1} that Linux allows.`,
      'Set VIRTDECK_RUN to a shorter path, for example /tmp/virtdeck-run.',
    );
  }
  prepare(directories.data, 'VIRTDECK_DATA');
  prepare(directories.run, 'VIRTDECK_RUN');
}

function prepare(path: string, variable: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    const owner = statSync(path).uid;
    if (owner !== process.getuid?.()) throw new Error(`it belongs to user ${owner}`);
    chmodSync(path, 0o700);
    accessSync(path, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new StartError(
      `The directory ${path} cannot be used: ${error instanceof Error ? error.message : error}.`,
      `Set ${variable} to a directory of your own.`,
    );
  }
}
