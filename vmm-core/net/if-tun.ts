/**
 * Numbers of the tap interface, by the names that <linux/if_tun.h> gives them; the kernel's
 * Documentation/networking/tuntap.rst.
 */

export const TUN_IOCTL = {
  TUNSETIFF: 0x4004_54ca,
  TUNSETOFFLOAD: 0x4004_54d0,
  TUNSETVNETHDRSZ: 0x4004_54d8,
  TUNSETQUEUE: 0x4004_54d9,
  TUNSETCARRIER: 0x4004_54e2,
} as const;

export const TUN_FLAG = {
  IFF_TAP: 0x2,
  IFF_MULTI_QUEUE: 0x100,
  IFF_ATTACH_QUEUE: 0x200,
  IFF_DETACH_QUEUE: 0x400,
  IFF_NO_PI: 0x1000,
  IFF_VNET_HDR: 0x4000,
  TUN_F_CSUM: 0x01,
  TUN_F_TSO4: 0x02,
  TUN_F_TSO6: 0x04,
  TUN_F_TSO_ECN: 0x08,
} as const;

/** Since Linux 6.2, which headers in use may lack. */
export const TUN_F_USO4 = 0x20;
export const TUN_F_USO6 = 0x40;

/** struct ifreq: a name, NUL included, and a union of which the flags are used. */
export const IFREQ_BYTES = 40;
export const IFNAMSIZ = 16;
export const IFREQ_FLAGS = 16;
