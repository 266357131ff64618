import { close, openReadWrite } from '../sys/files';
import { NativeBuffer } from '../sys/native-buffer';
import type { CAP } from './abi';
import { CAP as CAPS } from './abi';
import { ioctl } from './ioctl';
import { KVM_CPUID_ENTRY2, KVM_CPUID2 } from './layout';
import { Vm } from './vm';

/** The only version there has been since Linux 2.6.22; api.rst, 4.1. */
const API_VERSION = 12;
/** More than any kernel reports. */
const MAX_CPUID_ENTRIES = 256;

/** What the kernel and the processor can give a guest, in the kernel's own form. */
export interface CpuidTable {
  readonly buffer: NativeBuffer;
  readonly entries: number;
}

/** /dev/kvm. */
export class Kvm {
  private constructor(readonly fd: number) {}

  /** @throws SysError when the device is missing or may not be opened, Error on another version */
  static open(): Kvm {
    const fd = openReadWrite('/dev/kvm');
    const version = ioctl(fd, 'KVM_GET_API_VERSION', 0);
    if (version !== API_VERSION) {
      close(fd);
      throw new Error(`/dev/kvm speaks version ${version}, not ${API_VERSION}`);
    }
    return new Kvm(fd);
  }

  /** Zero when the kernel lacks it; else what api.rst says of the capability. */
  checkExtension(capability: keyof typeof CAP): number {
    return ioctl(this.fd, 'KVM_CHECK_EXTENSION', CAPS[capability]);
  }

  createVm(): Vm {
    return new Vm(ioctl(this.fd, 'KVM_CREATE_VM', 0), ioctl(this.fd, 'KVM_GET_VCPU_MMAP_SIZE', 0));
  }

  supportedCpuid(): CpuidTable {
    const buffer = new NativeBuffer(KVM_CPUID2.size + MAX_CPUID_ENTRIES * KVM_CPUID_ENTRY2.size);
    buffer.view.setUint32(KVM_CPUID2.at.nent, MAX_CPUID_ENTRIES, true);
    ioctl(this.fd, 'KVM_GET_SUPPORTED_CPUID', buffer.address);
    return { buffer, entries: buffer.view.getUint32(KVM_CPUID2.at.nent, true) };
  }

  close(): void {
    close(this.fd);
  }
}
