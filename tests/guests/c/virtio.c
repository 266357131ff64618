#include "virtio.h"

enum {
  ECAM = 0xe0000000,
  BARS = 0xc0000000,
  VENDOR_VIRTIO = 0x1af4,
  DEVICE_MODERN = 0x1040,
  CAPABILITY_VENDOR = 9,
  CFG_COMMON = 1,
  CFG_NOTIFY = 2,
  CFG_DEVICE = 4,
};

static volatile u8 *function(u32 device) { return (volatile u8 *)(u64)(ECAM + (device << 15)); }
static u32 get32(volatile u8 *at) { return *(volatile u32 *)at; }
static void put32(volatile u8 *at, u32 value) { *(volatile u32 *)at = value; }
static void put16(volatile u8 *at, u16 value) { *(volatile u16 *)at = value; }

/* Gives every memory BAR of a function an address of its own, where firmware has not. */
static void place_bars(volatile u8 *config, u32 device) {
  u32 next = BARS + (device << 24);
  for (int bar = 0; bar < 6; bar++) {
    volatile u8 *at = config + 0x10 + 4 * bar;
    u32 before = get32(at);
    int is_64 = (before & 6) == 4;
    if (before & 1) continue;
    put32(at, 0xffffffff);
    u32 size = ~(get32(at) & ~15u) + 1;
    put32(at, before);
    if (size && !(before & ~15u)) {
      next = (next + size - 1) & ~(size - 1);
      put32(at, next);
      next += size;
      if (is_64) put32(at + 4, 0);
    }
    bar += is_64;
  }
  put16(config + 4, 6);
}

static volatile u8 *structure(volatile u8 *config, volatile u8 *capability) {
  u32 bar = get32(config + 0x10 + 4 * capability[4]) & ~15u;
  return (volatile u8 *)(u64)(bar + get32(capability + 8));
}

struct virtio virtio_open(u32 type, u32 features) {
  struct virtio found = {0};
  for (u32 device = 0; device < 32; device++) {
    volatile u8 *config = function(device);
    if (get32(config) != (VENDOR_VIRTIO | (DEVICE_MODERN + type) << 16)) continue;
    place_bars(config, device);
    for (u8 at = config[0x34]; at; at = config[at + 1]) {
      volatile u8 *capability = config + at;
      if (capability[0] != CAPABILITY_VENDOR) continue;
      if (capability[3] == CFG_COMMON) found.common = structure(config, capability);
      if (capability[3] == CFG_DEVICE) found.device = structure(config, capability);
      if (capability[3] == CFG_NOTIFY) {
        found.notify = structure(config, capability);
        found.notify_multiplier = get32(capability + 16);
      }
    }
    break;
  }
  if (!found.common) {
    say("no such device\n");
    finish(1);
  }
  volatile u8 *common = found.common;
  common[0x14] = 0;
  while (common[0x14]) {
  }
  common[0x14] = 3;
  put32(common + 0x08, 0);
  put32(common + 0x0c, features);
  put32(common + 0x08, 1);
  put32(common + 0x0c, 1);
  common[0x14] = 11;
  if (!(common[0x14] & 8)) {
    say("the device does not agree\n");
    finish(1);
  }
  return found;
}

struct virtqueue virtio_queue(struct virtio *device, u16 index, u16 size, void *memory) {
  volatile u8 *common = device->common;
  u64 base = (u64)memory;
  struct virtqueue queue = {
      .size = size,
      .index = index,
      .descriptors = memory,
      .available = (volatile u16 *)(base + 0x4000),
      .used = (volatile u16 *)(base + 0x8000),
  };
  put16(common + 0x16, index);
  put16(common + 0x18, size);
  put32(common + 0x20, (u32)base);
  put32(common + 0x24, 0);
  put32(common + 0x28, (u32)(base + 0x4000));
  put32(common + 0x2c, 0);
  put32(common + 0x30, (u32)(base + 0x8000));
  put32(common + 0x34, 0);
  /* Polled: no interrupt is wanted. */
  queue.available[0] = 1;
  u16 offset = *(volatile u16 *)(common + 0x1e);
  queue.doorbell = (volatile u16 *)(device->notify + offset * device->notify_multiplier);
  put16(common + 0x1c, 1);
  return queue;
}

void virtio_start(struct virtio *device) { device->common[0x14] = 15; }
