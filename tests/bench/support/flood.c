/*
 * "flood INTERFACE LENGTH" sends IPv4 frames into an interface until it is ended; a length above
 * 1500 goes as one frame with a segmentation header, as a TCP stack would hand it down.
 */
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/virtio_net.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int count, char **arguments) {
  if (count < 3) return 64;
  static unsigned char frame[10 + 14 + 65535];
  struct virtio_net_hdr header = {.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM, .csum_start = 34, .csum_offset = 16};
  unsigned length = (unsigned)atoi(arguments[2]);
  if (length > 1500) {
    header.gso_type = VIRTIO_NET_HDR_GSO_TCPV4;
    header.gso_size = 1448;
    header.hdr_len = 54;
  }
  memcpy(frame, &header, sizeof header);
  unsigned char *ethernet = frame + 10, *ip = ethernet + 14;
  memcpy(ethernet, "\x02\x00\x00\x00\x00\x01\x02\x00\x00\x00\x00\x02\x08\x00", 14);
  ip[0] = 0x45, ip[2] = (unsigned char)(length >> 8), ip[3] = (unsigned char)length, ip[8] = 64, ip[9] = 6;
  ip[12] = ip[16] = 10, ip[15] = 1, ip[19] = 2;
  ip[32] = 0x50, ip[33] = 0x10;
  int fd = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL)), on = 1;
  struct sockaddr_ll to = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IP), .sll_ifindex = (int)if_nametoindex(arguments[1])};
  if (fd < 0 || to.sll_ifindex == 0) return 1;
  if (setsockopt(fd, SOL_PACKET, PACKET_VNET_HDR, &on, sizeof on) || bind(fd, (struct sockaddr *)&to, sizeof to)) return 1;
  for (;;)
    if (write(fd, frame, 10 + 14 + length) < 0) usleep(20);
}
