import type { VmConfig } from '../api/vm-config';
import type { DiskSpec } from '../host/agent';
import type { BootImage } from '../images/image-builder';

/** What a machine needs from other parts of the console before it can start. */
export interface MachineParts {
  /** Whether a machine may be configured to boot so. @throws ProblemError 409 or 422 when not */
  checkBoot(boot: VmConfig['boot']): Promise<void>;

  /**
   * The files it boots, made first when they have to be.
   * @param onWait called when there is something to wait for
   * @throws ProblemError when they cannot be had
   */
  bootFiles(
    boot: VmConfig['boot'],
    signal: AbortSignal,
    onWait: (what: string) => void,
  ): Promise<BootImage>;

  /** Its disks in their order. @throws ProblemError when one cannot be used */
  disks(vmId: string): Promise<readonly DiskSpec[]>;

  /** Lets its disks go: it is being deleted. */
  releaseDisks(vmId: string): Promise<void>;
}
