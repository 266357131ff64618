import { parseArgs } from 'node:util';
import { type DatabaseLocation, databaseLocation } from '../database/location';
import { isLogLevel, type LogLevel } from '../log/log';
import { type Directories, type Environment, resolveDirectories } from './directories';
import { type ProxyRange, proxyRange } from './proxy-range';
import { StartError } from './start-error';

export const DEFAULT_HOST = '127.0.0.1';
export const DEFAULT_PORT = 7890;
const MAX_WARM_MONITORS = 2;

export interface Options {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Next in development mode. */
  readonly development: boolean;
  readonly directories: Directories;
  readonly database: DatabaseLocation;
  /** Monitors that wait pre-started. */
  readonly warmMonitors: number;
  readonly logLevel: LogLevel;
  /** Origins besides the console's own that its pages may come from, behind a proxy. */
  readonly origins: readonly string[];
  /** Where on its origin a proxy shows the console, such as `/vms`; empty for all of the origin. */
  readonly basePath: string;
  /** Proxies that are believed when they say where a request came from. */
  readonly proxies: readonly ProxyRange[];
}

/**
 * Reads the command line and the environment.
 * @throws StartError naming the option that is wrong
 */
export function readOptions(
  argv: readonly string[],
  env: Environment,
  user: { readonly uid: number; readonly home: string },
): Options {
  const { host, port, dev } = parse(argv);
  const level = env['VIRTDECK_LOG'] ?? 'info';
  if (!isLogLevel(level)) {
    throw new StartError(
      `VIRTDECK_LOG is ${JSON.stringify(level)}.`,
      'Give debug, info, warn or error.',
    );
  }
  const directories = resolveDirectories(env, user);
  return {
    host: host ?? DEFAULT_HOST,
    port: integer('--port', port, DEFAULT_PORT, 65_535),
    development: dev ?? false,
    directories,
    database: databaseLocation(env, directories.data),
    warmMonitors: integer(
      'VIRTDECK_WARM_MONITORS',
      env['VIRTDECK_WARM_MONITORS'],
      1,
      MAX_WARM_MONITORS,
    ),
    logLevel: level,
    origins: (env['VIRTDECK_ORIGIN'] ?? '').split(',').flatMap(origin),
    basePath: basePath(env['VIRTDECK_BASE_PATH'] ?? ''),
    proxies: (env['VIRTDECK_PROXY'] ?? '').split(',').flatMap(proxy),
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        host: { type: 'string' },
        port: { type: 'string' },
        dev: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new StartError(
      error instanceof Error ? error.message : String(error),
      'Options: --host ADDRESS, --port NUMBER.',
    );
  }
}

function integer(name: string, text: string | undefined, fallback: number, max: number): number {
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > max) {
    throw new StartError(`${name} is ${JSON.stringify(text)}.`, `Give a number from 0 to ${max}.`);
  }
  return value;
}

function origin(text: string): string[] {
  if (text.trim() === '') return [];
  if (!URL.canParse(text.trim())) {
    throw new StartError(
      `VIRTDECK_ORIGIN holds ${JSON.stringify(text)}, which is no address.`,
      'Give the address people open, for example https://vms.example.org; several with commas.',
    );
  }
  return [new URL(text.trim()).origin];
}

function proxy(text: string): ProxyRange[] {
  if (text.trim() === '') return [];
  const range = proxyRange(text);
  if (range === undefined) {
    throw new StartError(
      `VIRTDECK_PROXY holds ${JSON.stringify(text)}, which is no address and no network.`,
      'Give the address that the proxy connects from, for example 127.0.0.1 or 10.0.0.0/8; several with commas.',
    );
  }
  return [range];
}

function basePath(text: string): string {
  const path = text.replace(/\/$/, '');
  if (/^(?:\/[\w.~-]+)*$/.test(path) && !path.includes('/.')) return path;
  throw new StartError(
    `VIRTDECK_BASE_PATH is ${JSON.stringify(text)}.`,
    'Give a path that begins with a slash, for example /vms, or leave it out.',
  );
}
