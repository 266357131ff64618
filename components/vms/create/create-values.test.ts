import { describe, expect, it } from 'vitest';
import { createDiskSchema } from '@/server/api/disks';
import { createErrors, createValues } from './create-values';
import { type DiskDraft, NEW_DISK, toDisk } from './disk-drafts';

const disk = (parts: Partial<DiskDraft>): DiskDraft => ({ ...NEW_DISK, ...parts });
const errorsOf = (...disks: DiskDraft[]) => createErrors({ ...createValues('web'), disks }).disks;

describe('the disks of a machine to be', () => {
  it('are asked for as they stand', () => {
    expect(createDiskSchema.parse(toDisk(disk({ size: '1,5' }), 'web-disk-2'))).toEqual({
      from: 'empty',
      name: 'web-disk-2',
      sizeBytes: 1.5 * 1024 ** 3,
      readOnly: false,
      allocation: 'sparse',
    });
    expect(toDisk(disk({ from: 'image', imageId: 'i', size: ' ' }), 'web-disk-1')).toEqual({
      from: 'image',
      name: 'web-disk-1',
      imageId: 'i',
    });
  });

  it('are fine as they come', () => expect(errorsOf(NEW_DISK)).toBeUndefined());

  it('are told what is wrong, beside the field', () => {
    const wrong = errorsOf(
      NEW_DISK,
      disk({ size: '9000' }),
      disk({ size: '' }),
      disk({ from: 'image', size: '' }),
    );
    expect(wrong?.[0]).toEqual({});
    expect(wrong?.[1]?.size?.message).toBe('At most 8 TiB.');
    expect(wrong?.[2]?.size?.message).toBe('Whole bytes.');
    expect(wrong?.[3]?.imageId?.message).toBe('Choose an image.');
  });
});
