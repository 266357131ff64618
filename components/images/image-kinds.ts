import type { StoredImageKind } from '@/server/api/images';
import type { TextKey } from '../i18n/catalogue';

export const KIND_WORDS = {
  disk: 'images.kindDisk',
  kernel: 'images.kindKernel',
  initrd: 'images.kindInitrd',
} as const satisfies Record<StoredImageKind, TextKey>;
