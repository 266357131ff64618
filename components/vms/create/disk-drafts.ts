import type { FieldError } from 'react-hook-form';
import { type CreateDisk, createDiskSchema } from '@/server/api/disks';
import { diskBytesOf } from '../form/vm-values';

/** A disk the machine is to get, as it is typed. */
export interface DiskDraft {
  from: CreateDisk['from'];
  imageId: string;
  /** In GiB; empty: as large as the image. */
  size: string;
}

export const NEW_DISK: DiskDraft = { from: 'empty', imageId: '', size: '4' };

/** @param name that no other disk has */
export function toDisk({ from, imageId, size }: DiskDraft, name: string) {
  if (from === 'empty') return { from, name, sizeBytes: diskBytesOf(size) };
  return { from, name, imageId, ...(size.trim() === '' ? {} : { sizeBytes: diskBytesOf(size) }) };
}

/** What is wrong with a disk, by the schema of the server. */
export function diskErrors(draft: DiskDraft): Partial<Record<keyof DiskDraft, FieldError>> {
  const parsed = createDiskSchema.safeParse(toDisk(draft, 'any'));
  const errors: Partial<Record<keyof DiskDraft, FieldError>> = {};
  for (const { path, code, message } of parsed.error?.issues ?? []) {
    const field = path[0] === 'imageId' ? 'imageId' : 'size';
    errors[field] ??= { type: code, message };
  }
  return errors;
}
