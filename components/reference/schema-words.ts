import type { Schema } from './document';

/** What a value has to be, in a few words, as far as that goes without its parts. */
export function typeOf(schema: Schema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (schema.type === 'array') return 'array';
  if (schema.properties) return 'object';
  const type = [schema.type ?? 'anything'].flat().join(' | ');
  return schema.format ? `${type} (${schema.format})` : type;
}

/** Bounds and default of a value. */
export function boundsOf(schema: Schema): string {
  const { minimum, maximum, minLength, maxLength, maxItems } = schema;
  return [
    range(minimum, maximum, ''),
    range(minLength, maxLength, ' characters'),
    range(undefined, maxItems, ' items'),
    'default' in schema ? `default ${JSON.stringify(schema.default)}` : '',
  ]
    .filter((words) => words !== '')
    .join(', ');
}

/** JSON Schema has no infinity: zod says so with these. */
const NO_BOUND = Number.MAX_SAFE_INTEGER;

function range(least: number | undefined, most: number | undefined, unit: string): string {
  const from = least === undefined || least <= -NO_BOUND ? '' : String(least);
  const to = most === undefined || most >= NO_BOUND ? '' : String(most);
  if (from === '' && to === '') return '';
  if (from === '') return `at most ${to}${unit}`;
  if (to === '') return `at least ${from}${unit}`;
  return `${from} to ${to}${unit}`;
}
