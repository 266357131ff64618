import { nativeIoctl } from '../sys/libc';
import { checked } from '../sys/sys-error';
import { IOCTL } from './abi';

/**
 * One ioctl by name, with a number or an address as its argument.
 * @throws SysError naming the ioctl
 */
export function ioctl(fd: number, name: keyof typeof IOCTL, argument: number): number {
  return checked(name, nativeIoctl(fd, IOCTL[name], argument));
}
