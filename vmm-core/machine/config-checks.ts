/** Checks of single fields of a configuration, each with an error that names the field. */

/** A field that does not hold what it must. `field` is a dotted path, `hint` the next step. */
export class ConfigError extends Error {
  constructor(
    readonly field: string,
    message: string,
    readonly hint: string,
  ) {
    super(`${field}: ${message}`);
    this.name = 'ConfigError';
  }
}

export type Json = Readonly<Record<string, unknown>>;

export function path(value: unknown, field: string): string {
  const text = printable(value, field, 4096);
  if (!text.startsWith('/')) throw wrong(field, 'must be an absolute path');
  return text;
}

/** struct sockaddr_un holds 108 bytes, a zero at the end among them; unix(7). */
const SOCKET_PATH_BYTES = 107;

/** @param suffixBytes room for what is put behind the path */
export function socketPath(value: unknown, field: string, suffixBytes = 0): string {
  const name = path(value, field);
  const bytes = Buffer.byteLength(name);
  const longest = SOCKET_PATH_BYTES - suffixBytes;
  if (bytes > longest) {
    throw new ConfigError(
      field,
      `is of ${bytes} bytes, more than a Unix socket has room for`,
      `Give a path of at most ${longest} bytes.`,
    );
  }
  return name;
}

export function printable(value: unknown, field: string, maxLength: number): string {
  if (typeof value !== 'string' || value.length === 0) throw wrong(field, 'must be text');
  if (value.length > maxLength) throw wrong(field, `is longer than ${maxLength} characters`);
  if (hasControl(value)) throw wrong(field, 'holds a control character');
  return value;
}

export function hasControl(text: string): boolean {
  return /\p{Cc}/u.test(text);
}

export function integer(value: unknown, field: string, min: number, max: number): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) {
    throw wrong(field, 'must be a whole number');
  }
  if (value < min || value > max) {
    throw new ConfigError(
      field,
      `${value} is not between ${min} and ${max}`,
      `Give ${min} to ${max}.`,
    );
  }
  return value;
}

export function oneOf<T extends string>(value: unknown, field: string, choices: readonly T[]): T {
  const choice = choices.find((known) => known === value);
  if (choice === undefined) throw wrong(field, `must be one of ${choices.join(', ')}`);
  return choice;
}

/** Parses a field that may be absent. @returns an object with the field, or an empty one */
export function optional<K extends string, V>(
  config: Json,
  key: K,
  parse: (value: unknown, field: string) => V,
): { readonly [P in K]?: V } {
  if (config[key] === undefined) return {};
  return { [key]: parse(config[key], key) } as { readonly [P in K]: V };
}

/** Parses each element of a list, whose field is `field[i]`. */
export function listOf<T>(
  value: unknown,
  field: string,
  most: number,
  parse: (element: unknown, field: string) => T,
): readonly T[] {
  if (!Array.isArray(value)) throw wrong(field, 'must be a list');
  if (value.length > most) throw wrong(field, `has ${value.length} elements; at most ${most} fit`);
  return value.map((element, index) => parse(element, `${field}[${index}]`));
}

export function flag(value: unknown, field: string): boolean {
  if (value === undefined) return false;
  if (typeof value !== 'boolean') throw wrong(field, 'must be true or false');
  return value;
}

export function object(value: unknown, field: string): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw wrong(field, 'must be an object');
  }
  return value as Json;
}

export function onlyKeys(value: Json, field: string, known: readonly string[]): void {
  const stranger = Object.keys(value).find((key) => !known.includes(key));
  if (stranger !== undefined) {
    throw new ConfigError(
      `${field}.${stranger}`,
      'is not a known field',
      `Known fields: ${known.join(', ')}.`,
    );
  }
}

export function wrong(field: string, message: string): ConfigError {
  return new ConfigError(field, message, 'Correct the field and send the configuration again.');
}
