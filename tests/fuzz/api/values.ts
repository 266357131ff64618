import type { Schema } from '../../../components/reference/document';
import type { Random } from '../random';

/** Looks a `$ref` up. */
export type Resolve = (ref: string) => Schema;

const WORDS = ['', 'a', 'web', 'é', '名', '\u0000', 'a'.repeat(64), 'A-1', ' x ', '\u202e', '😀'];
const HOSTILE_TEXTS = [
  ...WORDS,
  '../../etc/passwd',
  '..%2f..%2f',
  '%00',
  '%',
  '"; DROP TABLE "Vm"; --',
  '<script>alert(1)</script>',
  '__proto__',
  'constructor',
  '\ud800',
  '\r\nset-cookie: x=1',
  'x'.repeat(5000),
  'http://127.0.0.1/',
  'file:///etc/passwd',
  'http://[::ffff:169.254.169.254]/latest',
  '9'.repeat(400),
  '-1',
  '1e309',
  'NaN',
  '2026-13-45T99:99:99Z',
];
const HOSTILE_NUMBERS = [
  ...[0, -1, 1, 0.1, -0, 1e308, -1e308, 2 ** 31, 2 ** 32, 2 ** 53, 2 ** 63, 2 ** 64],
  ...[Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 5e-324],
];

/** Any JSON, the kind that breaks programs first. */
export function hostileValue(random: Random, depth = 0): unknown {
  switch (random.below(depth > 3 ? 5 : 8)) {
    case 0:
      return null;
    case 1:
      return random.oneIn(2);
    case 2:
      return random.pick(HOSTILE_NUMBERS);
    case 3:
    case 4:
      return hostileText(random);
    case 5:
      return Array.from({ length: random.below(5) }, () => hostileValue(random, depth + 1));
    case 6:
      return nested(random.pick([10, 100, 500]));
    default:
      return Object.fromEntries(
        Array.from({ length: random.below(5) }, () => [
          hostileText(random),
          hostileValue(random, depth + 1),
        ]),
      );
  }
}

export function hostileText(random: Random): string {
  return random.pick(HOSTILE_TEXTS);
}

/** JSON.parse takes it; what walks it by recursion may not. */
function nested(levels: number): unknown {
  let value: unknown = 'deep';
  for (let i = 0; i < levels; i += 1) value = [value];
  return value;
}

/** A value as the schema wants it, or nearly: most patterns are met by luck. */
export function likelyValue(schema: Schema, random: Random, resolve: Resolve): unknown {
  if (schema.$ref) return likelyValue(resolve(schema.$ref), random, resolve);
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return random.pick(schema.enum);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return likelyValue(random.pick(choices), random, resolve);
  if (schema.default !== undefined && random.oneIn(3)) return schema.default;
  switch ([schema.type].flat()[0]) {
    case 'object':
      return objectOf(schema, random, resolve);
    case 'array':
      return Array.from({ length: 1 + random.below(3) }, () =>
        likelyValue(schema.items ?? {}, random, resolve),
      );
    case 'integer':
    case 'number':
      return numberOf(schema, random);
    case 'boolean':
      return random.oneIn(2);
    case 'null':
      return null;
    case 'string':
      return textOf(schema, random);
    default:
      return hostileValue(random);
  }
}

function objectOf(schema: Schema, random: Random, resolve: Resolve): Record<string, unknown> {
  const required = new Set(schema.required);
  const entries = Object.entries(schema.properties ?? {}).filter(
    ([name]) => required.has(name) || random.oneIn(2),
  );
  return Object.fromEntries(
    entries.map(([name, property]) => [name, likelyValue(property, random, resolve)]),
  );
}

const MIB = 1024 * 1024;

function numberOf({ minimum = 0, maximum = 2 ** 40 }: Schema, random: Random): number {
  const choices = [minimum, maximum, minimum + 1, 64 * MIB, 128 * MIB, 1, 2, minimum + 0.5];
  return random.pick(choices);
}

function textOf(schema: Schema, random: Random): string {
  const { format, pattern = '', minLength = 0, maxLength = 64 } = schema;
  if (random.oneIn(8)) return hostileText(random);
  if (format === 'date-time') return new Date(random.u32() * 1000).toISOString();
  // A name that by RFC 2606 nobody has: it is looked up, and that is all.
  if (format === 'uri') return 'https://virtdeck.invalid/image?of=somebody';
  if (pattern.includes('{64}')) return 'a'.repeat(64);
  if (pattern.startsWith('^\\d')) return random.pick(['0', '1', '512', '99999']);
  const length = Math.min(maxLength, Math.max(minLength, 1 + random.below(12)));
  return Array.from({ length }, () => random.pick([...'abcdefxyz0123456789'])).join('');
}
