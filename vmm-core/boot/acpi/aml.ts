/**
 * ACPI Machine Language, as much of it as our tables need; ACPI 6.5, chapter 20. Each function gives
 * the bytes of one term; terms are put together like the ASL they stand for.
 */

export type Aml = Uint8Array;

// Opcodes; 20.3.
const ZERO_OP = 0x00;
const ONE_OP = 0x01;
const NAME_OP = 0x08;
const BYTE_PREFIX = 0x0a;
const WORD_PREFIX = 0x0b;
const DWORD_PREFIX = 0x0c;
const STRING_PREFIX = 0x0d;
const SCOPE_OP = 0x10;
const BUFFER_OP = 0x11;
const PACKAGE_OP = 0x12;
const DUAL_NAME_PREFIX = 0x2e;
const EXT_PREFIX = 0x5b;
const DEVICE_OP = 0x82;
const ROOT_CHAR = 0x5c;
const PARENT_CHAR = 0x5e;

export function concat(...parts: readonly Aml[]): Aml {
  return Buffer.concat(parts);
}

/** The shortest form of a number of up to 32 bits; 20.2.3. */
export function integer(value: number): Aml {
  if (value === 0) return Uint8Array.of(ZERO_OP);
  if (value === 1) return Uint8Array.of(ONE_OP);
  if (value <= 0xff) return Uint8Array.of(BYTE_PREFIX, value);
  if (value <= 0xffff) return Uint8Array.of(WORD_PREFIX, ...littleEndian(value, 2));
  return Uint8Array.of(DWORD_PREFIX, ...littleEndian(value, 4));
}

export function text(value: string): Aml {
  return Uint8Array.of(STRING_PREFIX, ...Buffer.from(value, 'latin1'), 0);
}

/** A name such as `_HID`, `\_SB`, or `\_SB.PCI0`; 20.2.2. @throws RangeError on any other */
export function nameString(path: string): Aml {
  const prefix = /^[\\^]*/.exec(path)?.[0] ?? '';
  const segments = path.slice(prefix.length).split('.');
  if (segments.length > 2 || segments.some((s) => !/^[A-Z_][A-Z0-9_]{0,3}$/.test(s))) {
    throw new RangeError(`${path} is no name of one or two segments`);
  }
  const roots = [...prefix].map((char) => (char === '\\' ? ROOT_CHAR : PARENT_CHAR));
  const dual = segments.length === 2 ? [DUAL_NAME_PREFIX] : [];
  const padded = segments.map((segment) => segment.padEnd(4, '_')).join('');
  return Uint8Array.of(...roots, ...dual, ...Buffer.from(padded, 'latin1'));
}

/** The length of a term that holds others, its own bytes included; 20.2.4. */
export function withLength(body: Aml): Aml {
  if (body.length + 1 < 0x40) return concat(Uint8Array.of(body.length + 1), body);
  for (let extra = 1; extra <= 3; extra++) {
    const length = body.length + 1 + extra;
    if (length >= 2 ** (4 + 8 * extra)) continue;
    const lead = (extra << 6) | (length & 0xf);
    return concat(Uint8Array.of(lead, ...littleEndian(length >>> 4, extra)), body);
  }
  throw new RangeError(`a term of ${body.length} bytes is too long`);
}

export function name(path: string, value: Aml): Aml {
  return concat(Uint8Array.of(NAME_OP), nameString(path), value);
}

export function scope(path: string, ...terms: readonly Aml[]): Aml {
  return concat(Uint8Array.of(SCOPE_OP), withLength(concat(nameString(path), ...terms)));
}

export function device(path: string, ...terms: readonly Aml[]): Aml {
  return concat(
    Uint8Array.of(EXT_PREFIX, DEVICE_OP),
    withLength(concat(nameString(path), ...terms)),
  );
}

export function packageOf(...elements: readonly Aml[]): Aml {
  const body = concat(Uint8Array.of(elements.length), ...elements);
  return concat(Uint8Array.of(PACKAGE_OP), withLength(body));
}

export function buffer(bytes: Uint8Array): Aml {
  return concat(Uint8Array.of(BUFFER_OP), withLength(concat(integer(bytes.length), bytes)));
}

/** An EISA id such as PNP0A08: three letters and four digits in 32 bits; 19.3.4. */
export function eisaId(id: string): Aml {
  const letters = [0, 1, 2].map((i) => id.charCodeAt(i) - 0x40);
  if (!/^[A-Z]{3}[0-9A-F]{4}$/.test(id)) throw new RangeError(`${id} is no EISA id`);
  const [a = 0, b = 0, c = 0] = letters;
  const vendor = (a << 10) | (b << 5) | c;
  const product = Number.parseInt(id.slice(3), 16);
  const bigEndian = Uint8Array.of(vendor >>> 8, vendor & 0xff, product >>> 8, product & 0xff);
  return integer(Buffer.from(bigEndian).readUInt32LE());
}

export function littleEndian(value: number, bytes: number): number[] {
  return Array.from({ length: bytes }, (_, i) => Math.floor(value / 2 ** (8 * i)) & 0xff);
}
