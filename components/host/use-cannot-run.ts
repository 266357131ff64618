import { useHost } from '../api/queries';
import { useReader } from '../i18n/language-provider';

/** Why no machine can be started on this host; undefined when they can, or while nobody knows. */
export function useCannotRun(): string | undefined {
  const { say } = useReader();
  const kvm = useHost().data?.kvm;
  return kvm === undefined || kvm.available ? undefined : say(kvm.detail);
}
