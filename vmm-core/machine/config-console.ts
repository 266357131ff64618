import { ConfigError, listOf, object, onlyKeys, printable } from './config-checks';

/** A console device of a machine. */
export interface ConsoleConfig {
  /** The caller's name for it, unique in the machine. */
  readonly id: string;
  /** Names of further ports, by which programs of the guest find them. */
  readonly ports: readonly string[];
}

/** Each costs two queues and 64 KiB. */
const MAX_PORTS = 15;
const MAX_NAME = 64;

/**
 * Checks a console device; `field` is its place in the configuration.
 * @throws ConfigError naming the first field that is wrong
 */
export function parseConsoleConfig(input: unknown, field: string): ConsoleConfig {
  const console = object(input, field);
  onlyKeys(console, field, ['id', 'ports']);
  const inPorts = `${field}.ports`;
  const ports = listOf(console['ports'] ?? [], inPorts, MAX_PORTS, portName);
  const twice = ports.findIndex((name, index) => ports.indexOf(name) !== index);
  if (twice >= 0) {
    throw new ConfigError(
      `${inPorts}[${twice}]`,
      `${ports[twice]} is the name of two ports`,
      'Give each port a name of its own.',
    );
  }
  return { id: printable(console['id'], `${field}.id`, 64), ports };
}

/** It becomes the name of a file in the guest: /dev/virtio-ports/<name>. */
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
