/*
 * Sends and receives frames as fast as it goes: for each byte on the console one measurement, whose
 * result is a line "name frames cycles". Parameter: n= (small frames of one measurement).
 */
#include "virtio.h"

enum {
  NET = 1,
  RX = 0,
  TX = 1,
  FEATURES = 1 << 0 | 1 << 1 | 1 << 7 | 1 << 11 | 1 << 15, /* CSUM, GUEST_CSUM, GUEST_TSO4, HOST_TSO4, MRG_RXBUF */
  QUEUE_SIZE = 256,
  DEPTH = 128,
  HEADER = 12,
  SMALL = 1500,
  LARGE = 65000,
  RX_BUFFER = 4096,
};

static u8 rx_rings[65536] __attribute__((aligned(4096)));
static u8 tx_rings[65536] __attribute__((aligned(4096)));
static u8 rx_buffers[QUEUE_SIZE][RX_BUFFER] __attribute__((aligned(4096)));
static u8 frame[HEADER + 14 + LARGE] __attribute__((aligned(4096)));
static struct virtqueue rx, tx;

static void put16(u8 *at, u16 value) { at[0] = (u8)(value >> 8), at[1] = (u8)value; }

/* An IPv4 and TCP frame to nobody; longer than a packet may be, it is for the host to cut up. */
static u32 prepare(u32 packet) {
  u8 *header = frame, *ethernet = frame + HEADER, *ip = ethernet + 14, *tcp = ip + 20;
  for (u32 i = 0; i < sizeof frame; i++) frame[i] = 0;
  header[0] = 1; /* the checksum is left to the host */
  header[6] = 34, header[8] = 16;
  if (packet > SMALL) header[1] = 1, header[2] = 54, header[4] = 1448 & 0xff, header[5] = 1448 >> 8;
  for (int i = 0; i < 6; i++) ethernet[i] = (u8)(i ? 0x99 : 2), ethernet[6 + i] = (u8)(i == 5 ? 1 : i ? 0 : 2);
  put16(ethernet + 12, 0x0800);
  ip[0] = 0x45, ip[8] = 64, ip[9] = 6;
  put16(ip + 2, (u16)packet);
  ip[12] = ip[16] = 10, ip[15] = 2, ip[19] = 77;
  put16(tcp, 1000), put16(tcp + 2, 2000);
  tcp[12] = 0x50, tcp[13] = 0x10;
  return HEADER + 14 + packet;
}

static void report(const char *name, u64 frames, u64 took) {
  say(name);
  say(" ");
  say_number(frames);
  say(" ");
  say_number(took);
  say("\n");
}

static void send(const char *name, u32 packet, u64 frames) {
  u32 length = prepare(packet);
  wait_for_go();
  u64 begun = 0, done = 0, start = cycles();
  for (u16 slot = 0; slot < DEPTH; slot++) {
    tx.descriptors[slot] = (struct descriptor){(u64)frame, length, 0, 0};
    queue_offer(&tx, slot);
    begun++;
  }
  queue_publish(&tx);
  while (done < frames) {
    int offered = 0;
    while (queue_has_used(&tx)) {
      u16 slot = queue_take(&tx);
      done++;
      if (begun >= frames) continue;
      begun++, offered = 1;
      queue_offer(&tx, slot);
    }
    if (offered) queue_publish(&tx);
  }
  report(name, done, cycles() - start);
}

/* Takes buffers back and offers them again. @returns frames that began in them */
static u64 receive_some(void) {
  u64 frames = 0;
  int offered = 0;
  static u32 more;
  while (queue_has_used(&rx)) {
    u16 slot = queue_take(&rx);
    if (more) more--;
    else frames++, more = (u32)(rx_buffers[slot][10] | rx_buffers[slot][11] << 8) - 1;
    queue_offer(&rx, slot);
    offered = 1;
  }
  if (offered) queue_publish(&rx);
  return frames;
}

static void receive(const char *name, u64 frames) {
  wait_for_go();
  while (!receive_some()) {
  }
  u64 done = 0, start = cycles();
  while (done < frames) done += receive_some();
  report(name, done, cycles() - start);
}

int main(u32 start_info) {
  u64 n = parameter(command_line_of(start_info), "n", 100000);
  struct virtio device = virtio_open(NET, FEATURES);
  rx = virtio_queue(&device, RX, QUEUE_SIZE, rx_rings);
  tx = virtio_queue(&device, TX, QUEUE_SIZE, tx_rings);
  virtio_start(&device);
  for (u16 slot = 0; slot < QUEUE_SIZE; slot++) {
    rx.descriptors[slot] = (struct descriptor){(u64)rx_buffers[slot], RX_BUFFER, DESC_WRITE, 0};
    queue_offer(&rx, slot);
  }
  queue_publish(&rx);
  say("ready\n");
  send("txSmall", SMALL, n);
  send("txLarge", LARGE, n / 10);
  receive("rxSmall", n);
  receive("rxLarge", n / 10);
  finish(0);
}
