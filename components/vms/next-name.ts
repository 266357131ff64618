import { t } from '../i18n/reader';

/** A name for a machine that nobody has given one: the first number that is free. */
export function nextName(taken: readonly string[]): string {
  const names = new Set(taken.map((name) => name.toLowerCase()));
  for (let number = 1; ; number += 1) {
    const name = t('vms.defaultName', { number });
    if (!names.has(name)) return name;
  }
}
