import type { Catalogue, TextKey, TextValues } from './catalogue';

/** The words of one language. */
export type Texts = {
  readonly [Area in keyof Catalogue]: { readonly [Name in keyof Catalogue[Area]]: string };
};

/** The text of `key`, its holes filled. Texts with holes do not compile without values. */
export type Translate = <Key extends TextKey>(key: Key, ...values: TextValues<Key>) => string;

export function translator(texts: Texts): Translate {
  const areas: Readonly<Record<string, Readonly<Record<string, string>>>> = texts;
  return (key, ...[values]) => {
    const [area = '', name = ''] = key.split('.', 2);
    const text = areas[area]?.[name] ?? key;
    return values === undefined ? text : fill(text, values);
  };
}

function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (hole, inBraces: string) => String(values[inBraces] ?? hole));
}
