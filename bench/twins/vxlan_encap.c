/* vxlan_encap.c -- RFC 7348: a frame of a bridge goes to the VTEP its
 * destination is behind. Tables: MACs and their bits (value 1: here, 2 and up:
 * hop), hops (Ethernet, IPv4, UDP, VXLAN). */
#include "twin.h"

enum { OUTER = ETH + IP4 + UDP + VXLAN, FIRST = 49152, PORTS = 16384 };

void vxlan_encap(uint8_t *m, struct frame *f, uint32_t n, const int64_t *a) {
  const uint8_t *macs = m + a[0];
  const uint32_t bits = a[1];
  const struct hop *hops = (const struct hop *)(m + a[2]);
  for (uint32_t i = 0; i < n; i++) {
    uint8_t *p = m + f[i].at;
    uint32_t len = f[i].len;
    uint64_t dst = ld64(p) << 16 >> 16, src = ld64(p + 6) << 16 >> 16;
    if (len < ETH || (p[0] | p[6]) & 1) continue;
    /* Learning: all senders of the set are known, and where they were. */
    if (find(macs, bits, src, 0) != 1) continue;
    uint32_t to = find(macs, bits, dst, 0);
    const struct hop *h = hops + to;
    if (to < 2 || len - ETH > h->mtu) continue;
    int ip = ld16(p + 12) == 0x0008 && len >= ETH + IP4 + 4 && p[14] == 0x45;
    uint32_t flow, tos = ip ? p[15] & 3 : 0;
    if (ip) flow = flow4(p + ETH);
    else {
      flow = hash128(ld64(p), ld32(p + 8) | (uint64_t)be16(p + 12) << 32, 1);
      flow += !flow;
    }
    uint8_t *out = p - OUTER;
    memcpy(out, h->headers, OUTER);
    out[15] = tos;
    put16(out + 16, len + OUTER - ETH);
    st16(out + 24, ~sum20(out + 14));
    put16(out + 34, FIRST + ((uint64_t)flow * PORTS >> 32));
    put16(out + 38, len + UDP + VXLAN);
    f[i].at -= OUTER;
    f[i].len += OUTER;
    f[i].port = h->port;
  }
}
