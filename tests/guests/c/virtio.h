/* A polling driver of modern virtio over PCI; virtio 1.2, chapters 2 and 4.1. */
#pragma once
#include "guest.h"

struct descriptor {
  u64 address;
  u32 length;
  u16 flags, next;
};
enum { DESC_NEXT = 1, DESC_WRITE = 2 };

struct virtqueue {
  u16 size, index;
  struct descriptor *descriptors;
  volatile u16 *available; /* flags, index, entries */
  volatile u16 *used;      /* flags, index; entries of two u32 behind them */
  volatile u16 *doorbell;
  u16 next_available, seen_used;
};

struct virtio {
  volatile u8 *common, *device;
  volatile u8 *notify;
  u32 notify_multiplier;
};

/* Finds the first device of a type on bus 0, gives it addresses, and agrees on `features` (the low
   word; VERSION_1 is added). Ends the machine when there is none. */
struct virtio virtio_open(u32 type, u32 features);
/* Sets a queue up with `size` entries in `memory`, 64 KiB at a page boundary. */
struct virtqueue virtio_queue(struct virtio *device, u16 index, u16 size, void *memory);
/* From here on the device serves. */
void virtio_start(struct virtio *device);

static inline void queue_offer(struct virtqueue *queue, u16 head) {
  queue->available[2 + (queue->next_available++ & (queue->size - 1))] = head;
}
/* Shows what was offered, and rings unless the device is at it anyway. */
static inline void queue_publish(struct virtqueue *queue) {
  __atomic_store_n(&queue->available[1], queue->next_available, __ATOMIC_SEQ_CST);
  if (!(__atomic_load_n(&queue->used[0], __ATOMIC_SEQ_CST) & 1)) *queue->doorbell = queue->index;
}
static inline int queue_has_used(struct virtqueue *queue) {
  return __atomic_load_n(&queue->used[1], __ATOMIC_ACQUIRE) != queue->seen_used;
}
/* Takes back a chain that is there. */
static inline u16 queue_take(struct virtqueue *queue) {
  volatile u32 *entry = (volatile u32 *)(queue->used + 2) + 2 * (queue->seen_used++ & (queue->size - 1));
  return (u16)entry[0];
}
