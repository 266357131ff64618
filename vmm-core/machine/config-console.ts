import {
  ConfigError,
  integer,
  type Json,
  listOf,
  object,
  onlyKeys,
  printable,
  socketPath,
} from './config-checks';

/** A console device of a machine. */
export interface ConsoleConfig {
  /** The caller's name for it, unique in the machine. */
  readonly id: string;
  /** A Unix socket that the monitor makes: who connects sees what the guest prints, and types. */
  readonly path: string;
  readonly ports: readonly ConsolePortConfig[];
}

/** A stream between a program of the host and one of the guest. */
export interface ConsolePortConfig {
  /** By which the guest's program finds it: /dev/virtio-ports/<name>. */
  readonly name: string;
  /** A Unix socket that the monitor makes, for one connection at a time. */
  readonly path: string;
}

export interface TerminalSizeConfig {
  readonly cols: number;
  readonly rows: number;
}

/** Each costs two queues and 64 KiB. */
const MAX_PORTS = 15;
const MAX_NAME = 64;
const MAX_SIDE = 0xffff;

/**
 * Checks a console device; `field` is its place in the configuration.
 * @throws ConfigError naming the first field that is wrong
 */
export function parseConsoleConfig(input: unknown, field: string): ConsoleConfig {
  const console = object(input, field);
  onlyKeys(console, field, ['id', 'path', 'ports']);
  const inPorts = `${field}.ports`;
  const ports = listOf(console['ports'] ?? [], inPorts, MAX_PORTS, parsePort);
  const names = ports.map(({ name }) => name);
  const twice = names.findIndex((name, index) => names.indexOf(name) !== index);
  if (twice >= 0) {
    throw new ConfigError(
      `${inPorts}[${twice}].name`,
      `${names[twice]} is the name of two ports`,
      'Give each port a name of its own.',
    );
  }
  return {
    id: printable(console['id'], `${field}.id`, 64),
    path: socketPath(console['path'], `${field}.path`),
    ports,
  };
}

/** The size of the terminal at the host's side. */
export function terminalSize(input: unknown, field: string): TerminalSizeConfig {
  const size: Json = object(input, field);
  onlyKeys(size, field, ['cols', 'rows']);
  return {
    cols: integer(size['cols'], `${field}.cols`, 1, MAX_SIDE),
    rows: integer(size['rows'], `${field}.rows`, 1, MAX_SIDE),
  };
}

function parsePort(input: unknown, field: string): ConsolePortConfig {
  const port = object(input, field);
  onlyKeys(port, field, ['name', 'path']);
  return {
    name: portName(port['name'], `${field}.name`),
    path: socketPath(port['path'], `${field}.path`),
  };
}

/** It becomes the name of a file in the guest. */
function portName(value: unknown, field: string): string {
  const name = printable(value, field, MAX_NAME);
  if (!/^\w[\w.-]*$/.test(name)) {
    throw new ConfigError(
      field,
      'must be letters, digits, dots, dashes and underscores',
      'Give a name such as org.example.agent.0.',
    );
  }
  return name;
}
