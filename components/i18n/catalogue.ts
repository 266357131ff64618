import { api } from './en/api';
import { audit } from './en/audit';
import { common } from './en/common';
import { create } from './en/create';
import { dashboard } from './en/dashboard';
import { doctor } from './en/doctor';
import { host } from './en/host';
import { images } from './en/images';
import { list } from './en/list';
import { machine } from './en/machine';
import { palette } from './en/palette';
import { playback } from './en/playback';
import { reference } from './en/reference';
import { session } from './en/session';
import { settings } from './en/settings';
import { shell } from './en/shell';
import { shortcuts } from './en/shortcuts';
import { tasks } from './en/tasks';
import { vms } from './en/vms';

/** Every word of the pages, by area. Another language has the same (`Texts`). */
export const en = {
  api,
  audit,
  common,
  create,
  dashboard,
  doctor,
  host,
  images,
  list,
  machine,
  palette,
  playback,
  reference,
  session,
  settings,
  shell,
  shortcuts,
  tasks,
  vms,
} as const;

export type Catalogue = typeof en;

export type TextKey = {
  [Area in keyof Catalogue & string]: `${Area}.${keyof Catalogue[Area] & string}`;
}[keyof Catalogue & string];

type TextOf<Key> = Key extends `${infer Area}.${infer Name}`
  ? Area extends keyof Catalogue
    ? Name extends keyof Catalogue[Area]
      ? Catalogue[Area][Name]
      : never
    : never
  : never;

/** The names in braces of a text. */
type Holes<Text> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Holes<Rest>
  : never;

/** Texts without holes. */
export type PlainKey = {
  [Key in TextKey]: [Holes<TextOf<Key>>] extends [never] ? Key : never;
}[TextKey];

/** Nothing for a text without holes, else a value for each. */
export type TextValues<Key extends TextKey> = [Holes<TextOf<Key>>] extends [never]
  ? []
  : [values: Readonly<Record<Holes<TextOf<Key>>, string | number>>];
