const LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LEVELS)[number];

/** Facts that belong to a line. Never a password, token, ticket or cookie. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

export function isLogLevel(word: string): word is LogLevel {
  return (LEVELS as readonly string[]).includes(word);
}

/** One line an entry: time, level, sentence, fields. @param write takes a line with its end */
export function createLog(
  threshold: LogLevel,
  write: (line: string) => void = (line) => void process.stderr.write(line),
): Log {
  const from = LEVELS.indexOf(threshold);
  const at = (level: LogLevel) => (message: string, fields?: LogFields) => {
    if (LEVELS.indexOf(level) < from) return;
    write(`${new Date().toISOString()} ${level.padEnd(5)} ${message}${formatFields(fields)}\n`);
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** For tests, and for parts that have nothing to say. */
export const silentLog: Log = createLog('error', () => {});

function formatFields(fields: LogFields | undefined): string {
  if (fields === undefined) return '';
  const words = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  return words.length === 0 ? '' : ` ${words.join(' ')}`;
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
