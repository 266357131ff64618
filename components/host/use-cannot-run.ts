import { useHost } from '../api/queries';

/** Why no machine can be started on this host; undefined when they can, or while nobody knows. */
export function useCannotRun(): string | undefined {
  const kvm = useHost().data?.kvm;
  return kvm === undefined || kvm.available ? undefined : kvm.detail;
}
