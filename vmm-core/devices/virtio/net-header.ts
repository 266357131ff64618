/** What a virtio network device and its driver agree on; virtio 1.2, 5.1. */

/** Feature bits; 5.1.3. */
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

/** With any of these a received frame may be larger than the MTU. */
export const LARGE_RECEIVE =
  VIRTIO_NET_F_GUEST_TSO4 |
  VIRTIO_NET_F_GUEST_TSO6 |
  VIRTIO_NET_F_GUEST_USO4 |
  VIRTIO_NET_F_GUEST_USO6;

/** Configuration space; 5.1.4. */
export const CONFIG_BYTES = 12;
export const CONFIG_STATUS = 6;
export const CONFIG_MAX_PAIRS = 8;
export const CONFIG_MTU = 10;
export const STATUS_LINK_UP = 1;

/** struct virtio_net_hdr, before each frame both ways; 5.1.6. */
export const HEADER_BYTES = 12;
export const HEADER_NUM_BUFFERS = 10;

/** Two addresses and a type: less is no frame. */
export const ETHERNET_HEADER_BYTES = 14;
export const VLAN_TAG_BYTES = 4;
/** Header and frame where segments of 64 KiB may come; 5.1.6.3.1. */
export const LARGEST_FRAME_BYTES = 65_562;
export const DEFAULT_MTU = 1500;

/** Header and frame of a packet of `mtu` bytes. */
export function frameBytes(mtu: number): number {
  return HEADER_BYTES + ETHERNET_HEADER_BYTES + VLAN_TAG_BYTES + mtu;
}
