import type { PlainKey } from '../i18n/catalogue';
import { useText } from '../i18n/use-text';

const WORDS: Readonly<Record<string, PlainKey>> = {
  'image.build': 'tasks.imageBuild',
  'image.upload': 'tasks.imageUpload',
  'image.import': 'tasks.imageImport',
  'image.check': 'tasks.imageCheck',
  'disk.copy': 'tasks.diskCopy',
  'disk.allocate': 'tasks.diskAllocate',
  'disk.check': 'tasks.diskCheck',
};

/** What a task does, in words; one of a newer console by its own name. */
export function useTaskWords(): (kind: string) => string {
  const t = useText();
  return (kind) => {
    const key = WORDS[kind];
    return key === undefined ? kind : t(key);
  };
}
