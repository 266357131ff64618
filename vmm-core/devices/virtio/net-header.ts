/** What a virtio network device and its driver exchange; virtio 1.2, 5.1. */

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
/** Header and frame where segments of 64 KiB may come; 5.1.6.3.1. */
export const LARGEST_FRAME_BYTES = 65_562;
export const DEFAULT_MTU = 1500;
