import { BinaryStats, type KvmStats } from '../kvm/binary-stats';

/** What KVM counts of one VM and of each of its vCPUs; undefined where the kernel is too old. */
export class MachineStats {
  private constructor(
    private readonly ofVm: BinaryStats | undefined,
    private readonly ofVcpus: readonly (BinaryStats | undefined)[],
  ) {}

  /**
   * Before any of the vCPUs runs.
   * @throws SysError when the host has no descriptor left; none is open then
   */
  static open(vmFd: number, vcpuFds: readonly number[]): MachineStats {
    const opened: (BinaryStats | undefined)[] = [];
    try {
      for (const fd of [vmFd, ...vcpuFds]) opened.push(BinaryStats.open(fd));
    } catch (error) {
      for (const stats of opened) stats?.close();
      throw error;
    }
    return new MachineStats(opened[0], opened.slice(1));
  }

  vm(): KvmStats | undefined {
    return this.ofVm?.read();
  }

  vcpu(index: number): KvmStats | undefined {
    return this.ofVcpus[index]?.read();
  }

  /** The VM is not gone before. */
  close(): void {
    this.ofVm?.close();
    for (const stats of this.ofVcpus) stats?.close();
  }
}
