import { z } from 'zod';

export const FONT_SIZES = { min: 10, max: 22, first: 14 } as const;

const settingsSchema = z.object({
  fontSize: z.number().int().min(FONT_SIZES.min).max(FONT_SIZES.max).catch(FONT_SIZES.first),
  /** Text for screen readers beside the picture; costs some speed, so it is not for all. */
  screenReader: z.boolean().catch(false),
});
export type TerminalSettings = z.infer<typeof settingsSchema>;

export const TERMINAL_SETTINGS_KEY = 'virtdeck.terminal';

/** What is stored may be of another version or somebody else's: each part falls back by itself. */
export function parseSettings(text: string | null): TerminalSettings {
  let stored: unknown = {};
  try {
    stored = JSON.parse(text ?? '{}');
  } catch {
    // Not ours.
  }
  return settingsSchema.catch(settingsSchema.parse({})).parse(stored);
}
