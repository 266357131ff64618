import type { UseFormReturn } from 'react-hook-form';
import type { VmValues } from './vm-values';

/** What every field of a machine takes. */
export interface FieldsProps {
  readonly form: UseFormReturn<VmValues>;
}

/** A value that is set by a press and not by typing is one a person has set all the same. */
export const SET = { shouldDirty: true, shouldTouch: true, shouldValidate: true } as const;
