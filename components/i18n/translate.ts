import { en, type TextKey, type TextValues } from './catalogue';

/** The text of `key`, its holes filled. Texts with holes do not compile without values. */
export function t<Key extends TextKey>(key: Key, ...[values]: TextValues<Key>): string {
  const [area = '', name = ''] = key.split('.', 2);
  const texts: Readonly<Record<string, Readonly<Record<string, string>>>> = en;
  const text = texts[area]?.[name] ?? key;
  if (values === undefined) return text;
  const filled: Readonly<Record<string, string | number>> = values;
  return text.replace(/\{(\w+)\}/g, (hole, inBraces: string) => String(filled[inBraces] ?? hole));
}

export type Translate = typeof t;
