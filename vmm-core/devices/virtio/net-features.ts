/** Feature bits of a virtio network device; virtio 1.2, 5.1.3. */

export const VIRTIO_NET_F_CSUM = 1n << 0n;
export const VIRTIO_NET_F_GUEST_CSUM = 1n << 1n;
export const VIRTIO_NET_F_CTRL_GUEST_OFFLOADS = 1n << 2n;
export const VIRTIO_NET_F_MTU = 1n << 3n;
export const VIRTIO_NET_F_MAC = 1n << 5n;
export const VIRTIO_NET_F_GUEST_TSO4 = 1n << 7n;
export const VIRTIO_NET_F_GUEST_TSO6 = 1n << 8n;
export const VIRTIO_NET_F_GUEST_ECN = 1n << 9n;
export const VIRTIO_NET_F_HOST_TSO4 = 1n << 11n;
export const VIRTIO_NET_F_HOST_TSO6 = 1n << 12n;
export const VIRTIO_NET_F_HOST_ECN = 1n << 13n;
export const VIRTIO_NET_F_MRG_RXBUF = 1n << 15n;
export const VIRTIO_NET_F_STATUS = 1n << 16n;
export const VIRTIO_NET_F_CTRL_VQ = 1n << 17n;
export const VIRTIO_NET_F_CTRL_RX = 1n << 18n;
export const VIRTIO_NET_F_MQ = 1n << 22n;
export const VIRTIO_NET_F_GUEST_USO4 = 1n << 54n;
export const VIRTIO_NET_F_GUEST_USO6 = 1n << 55n;
export const VIRTIO_NET_F_HOST_USO = 1n << 56n;

/** What a driver may switch while it runs; 5.1.6.5.6. */
export const GUEST_OFFLOADS =
  VIRTIO_NET_F_GUEST_CSUM |
  VIRTIO_NET_F_GUEST_TSO4 |
  VIRTIO_NET_F_GUEST_TSO6 |
  VIRTIO_NET_F_GUEST_ECN |
  VIRTIO_NET_F_GUEST_USO4 |
  VIRTIO_NET_F_GUEST_USO6;

/** What a device offers that has this much of its host and its configuration. */
export function offeredFeatures(device: {
  readonly pairs: number;
  readonly hasMtu: boolean;
  readonly offloads: boolean;
  readonly hasUso: boolean;
}): bigint {
  const always =
    VIRTIO_NET_F_MAC |
    VIRTIO_NET_F_STATUS |
    VIRTIO_NET_F_MRG_RXBUF |
    VIRTIO_NET_F_CTRL_VQ |
    VIRTIO_NET_F_CTRL_RX;
  const offloads =
    VIRTIO_NET_F_CSUM |
    VIRTIO_NET_F_GUEST_CSUM |
    VIRTIO_NET_F_CTRL_GUEST_OFFLOADS |
    VIRTIO_NET_F_GUEST_TSO4 |
    VIRTIO_NET_F_GUEST_TSO6 |
    VIRTIO_NET_F_GUEST_ECN |
    VIRTIO_NET_F_HOST_TSO4 |
    VIRTIO_NET_F_HOST_TSO6 |
    VIRTIO_NET_F_HOST_ECN;
  const uso = VIRTIO_NET_F_GUEST_USO4 | VIRTIO_NET_F_GUEST_USO6 | VIRTIO_NET_F_HOST_USO;
  return (
    always |
    (device.hasMtu ? VIRTIO_NET_F_MTU : 0n) |
    (device.pairs > 1 ? VIRTIO_NET_F_MQ : 0n) |
    (device.offloads ? offloads : 0n) |
    (device.offloads && device.hasUso ? uso : 0n)
  );
}

export function has(features: bigint, feature: bigint): boolean {
  return (features & feature) !== 0n;
}
