import { Prisma } from '../../prisma/generated/client';
import type { Table } from './tables';

type Row = Readonly<Record<string, unknown>>;

/** Columns as JSON: what it has no word for stands in an object with one key. */
export function encodeRow(row: Row): Row {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, encode(value)]));
}

function encode(value: unknown): unknown {
  if (typeof value === 'bigint') return { $bigint: String(value) };
  if (value instanceof Date) return { $date: value.toISOString() };
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('base64') };
  if (typeof value === 'object' && value !== null) return { $json: value };
  return value;
}

/** @throws TypeError for a column that encodeRow() does not make */
export function decodeRow({ nullableJson }: Table, row: Row): Row {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      value === null && nullableJson.includes(name) ? Prisma.DbNull : decode(name, value),
    ]),
  );
}

function decode(name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const [[kind, inside] = []] = Object.entries(value);
  if (kind === '$bigint') return BigInt(String(inside));
  if (kind === '$date') return new Date(String(inside));
  if (kind === '$bytes') return new Uint8Array(Buffer.from(String(inside), 'base64'));
  if (kind === '$json') return inside;
  throw new TypeError(`the column ${name} is of no kind that is known`);
}
