/*
 * Reads and writes a disk as fast as it goes: for each byte on the console one measurement, whose
 * result is a line "name operations cycles". Parameters: span= (bytes of the disk to use), n=
 * (operations of 4 KiB), m= (operations of 1 MiB).
 */
#include "virtio.h"

enum { IN = 0, OUT = 1, BLOCK = 2, QUEUE_SIZE = 256, SEQUENTIAL = 1 << 20, RANDOM = 4096, DEPTH = 32 };

struct request {
  u32 type, reserved;
  u64 sector;
};

static u8 rings[65536] __attribute__((aligned(4096)));
static struct request requests[DEPTH];
static u8 statuses[DEPTH];
static u8 data[DEPTH * RANDOM > 4 * SEQUENTIAL ? DEPTH * RANDOM : 4 * SEQUENTIAL] __attribute__((aligned(4096)));

static struct virtqueue queue;
static u32 noise = 1;

static u32 next_noise(void) {
  noise ^= noise << 13, noise ^= noise >> 17, noise ^= noise << 5;
  return noise;
}

static void submit(u32 slot, u32 type, u64 offset, u32 bytes) {
  requests[slot].type = type;
  requests[slot].sector = offset / 512;
  statuses[slot] = 0xff;
  struct descriptor *d = queue.descriptors + 3 * slot;
  d[0] = (struct descriptor){(u64)&requests[slot], 16, DESC_NEXT, (u16)(3 * slot + 1)};
  d[1] = (struct descriptor){(u64)(data + slot * bytes), bytes, (u16)(DESC_NEXT | (type == IN ? DESC_WRITE : 0)),
                             (u16)(3 * slot + 2)};
  d[2] = (struct descriptor){(u64)&statuses[slot], 1, DESC_WRITE, 0};
  queue_offer(&queue, (u16)(3 * slot));
}

static void measure(const char *name, u32 type, u32 depth, u32 bytes, u64 operations, u64 span) {
  wait_for_go();
  u64 blocks = span / bytes, begun = 0, done = 0, next = 0;
  u64 start = cycles();
  for (; begun < depth && begun < operations; begun++)
    submit((u32)begun, type, (bytes == RANDOM ? next_noise() % blocks : next++ % blocks) * bytes, bytes);
  queue_publish(&queue);
  while (done < operations) {
    int offered = 0;
    while (queue_has_used(&queue)) {
      u32 slot = queue_take(&queue) / 3;
      done++;
      if (statuses[slot]) {
        say("a request failed\n");
        finish(1);
      }
      if (begun == operations) continue;
      begun++, offered = 1;
      submit(slot, type, (bytes == RANDOM ? next_noise() % blocks : next++ % blocks) * bytes, bytes);
    }
    if (offered) queue_publish(&queue);
  }
  u64 took = cycles() - start;
  say(name);
  say(" ");
  say_number(operations);
  say(" ");
  say_number(took);
  say("\n");
}

int main(u32 start_info) {
  const char *line = command_line_of(start_info);
  u64 span = parameter(line, "span", 64 << 20);
  u64 n = parameter(line, "n", 20000), m = parameter(line, "m", 500);
  struct virtio device = virtio_open(BLOCK, 0);
  queue = virtio_queue(&device, 0, QUEUE_SIZE, rings);
  virtio_start(&device);
  say("ready\n");
  measure("seqRead", IN, 4, SEQUENTIAL, m, span);
  measure("seqWrite", OUT, 4, SEQUENTIAL, m, span);
  measure("readQd1", IN, 1, RANDOM, n, span);
  measure("readQd32", IN, DEPTH, RANDOM, 4 * n, span);
  measure("writeQd1", OUT, 1, RANDOM, n / 4, span);
  measure("writeQd32", OUT, DEPTH, RANDOM, n / 2, span);
  finish(0);
}
