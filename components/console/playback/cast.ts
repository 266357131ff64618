/** A piece of a recording: what was printed, or a new size. */
export interface CastEvent {
  /** Seconds since the beginning. */
  readonly at: number;
  readonly output?: string;
  readonly size?: CastSize;
}

export interface CastSize {
  readonly columns: number;
  readonly rows: number;
}

export interface Cast {
  readonly size: CastSize;
  readonly events: readonly CastEvent[];
  /** In seconds. */
  readonly duration: number;
}

const VERSION = 2;
const SIZE = /^(\d{1,4})x(\d{1,4})$/;

/**
 * Reads a recording (asciicast v2: a header and then an event a line). A last line that was cut off,
 * as by a crash, is left out.
 * @throws Error when it is no such recording
 */
export function parseCast(text: string): Cast {
  const [first = '', ...lines] = text.split('\n');
  const header = jsonOf(first);
  if (!isObject(header) || header['version'] !== VERSION) {
    throw new Error('This is no recording of asciicast version 2.');
  }
  const events: CastEvent[] = [];
  for (const line of lines) {
    const event = eventOf(jsonOf(line));
    if (event !== undefined) events.push(event);
  }
  return {
    size: { columns: positive(header['width'], 80), rows: positive(header['height'], 24) },
    events,
    duration: events.at(-1)?.at ?? 0,
  };
}

/** The same with no pause longer than `limit` seconds: nobody wants to watch one. */
export function withoutPauses({ size, events }: Cast, limit: number): Cast {
  let cut = 0;
  let last = 0;
  const shorter = events.map((event) => {
    cut += Math.max(0, event.at - last - limit);
    last = event.at;
    return { ...event, at: event.at - cut };
  });
  return { size, events: shorter, duration: shorter.at(-1)?.at ?? 0 };
}

function eventOf(value: unknown): CastEvent | undefined {
  if (!Array.isArray(value)) return undefined;
  const [at, code, data]: unknown[] = value;
  if (typeof at !== 'number' || typeof data !== 'string') return undefined;
  if (code === 'o') return { at, output: data };
  const size = code === 'r' ? SIZE.exec(data) : null;
  // Marks and what was typed show nothing.
  if (size === null) return undefined;
  return { at, size: { columns: Number(size[1]), rows: Number(size[2]) } };
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function positive(value: unknown, fallback: number): number {
  return typeof value === 'number' && value > 0 ? value : fallback;
}
