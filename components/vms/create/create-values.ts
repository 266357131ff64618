import type { FieldErrors } from 'react-hook-form';
import { vmErrors } from '../form/vm-resolver';
import { defaultValues, type VmValues } from '../form/vm-values';
import { type DiskDraft, diskErrors } from './disk-drafts';

/** What stands in the fields of a machine that is not there yet. */
export interface CreateValues extends VmValues {
  disks: DiskDraft[];
}

/** @param name a free one */
export function createValues(name: string): CreateValues {
  return { ...defaultValues(name), disks: [] };
}

export function createErrors(values: CreateValues): FieldErrors<CreateValues> {
  const disks = values.disks.map(diskErrors);
  const areWrong = disks.some((errors) => Object.keys(errors).length > 0);
  return { ...vmErrors(values), ...(areWrong ? { disks } : {}) };
}
