import { flag, integer, object, onlyKeys, printable } from './config-checks';

/** A memory balloon of a machine. */
export interface BalloonConfig {
  /** The caller's name for it, unique in the machine. */
  readonly id: string;
  /** Bytes that the guest is to give back. */
  readonly targetBytes: number;
  /** Whether the guest may take its pages back by itself before it ends a program. */
  readonly deflateOnOom: boolean;
  /** Whether the guest tells which of its pages are free, so that they cost nothing. */
  readonly reporting: boolean;
  /** How often the guest is asked for its statistics; 0: never. */
  readonly statsIntervalSeconds: number;
}

const MAX_STATS_INTERVAL = 3600;

/**
 * Checks a balloon; `field` is its place in the configuration.
 * @param memoryBytes the machine's memory, the upper bound of what it can give back
 * @throws ConfigError naming the first field that is wrong
 */
export function parseBalloonConfig(
  input: unknown,
  field: string,
  memoryBytes: number,
): BalloonConfig {
  const balloon = object(input, field);
  const inside = (key: string): string => `${field}.${key}`;
  onlyKeys(balloon, field, [
    'id',
    'targetBytes',
    'deflateOnOom',
    'reporting',
    'statsIntervalSeconds',
  ]);
  return {
    id: printable(balloon['id'], inside('id'), 64),
    targetBytes: balloonTarget(balloon['targetBytes'] ?? 0, inside('targetBytes'), memoryBytes),
    deflateOnOom: flag(balloon['deflateOnOom'] ?? true, inside('deflateOnOom')),
    reporting: flag(balloon['reporting'] ?? true, inside('reporting')),
    statsIntervalSeconds: statsInterval(
      balloon['statsIntervalSeconds'] ?? 0,
      inside('statsIntervalSeconds'),
    ),
  };
}

/** A target, for a machine that runs too. @throws ConfigError */
export function balloonTarget(value: unknown, field: string, memoryBytes: number): number {
  return integer(value, field, 0, memoryBytes);
}

/** An interval of statistics in seconds, for a machine that runs too. @throws ConfigError */
export function statsInterval(value: unknown, field: string): number {
  return integer(value, field, 0, MAX_STATS_INTERVAL);
}
