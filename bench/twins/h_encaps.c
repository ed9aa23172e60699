/* h_encaps.c -- RFC 8986 section 5.1: IPv4 into an IPv6 header and an SRH of
 * three segments. Tables: t24, t8, policies as hops (Ethernet, IPv6, SRH). */
#include "twin.h"

enum { OUTER = IP6 + 56 };

void h_encaps(uint8_t *m, struct frame *f, uint32_t n, const int64_t *a) {
  const uint8_t *t24 = m + a[0], *t8 = m + a[1];
  const struct hop *hops = (const struct hop *)(m + a[2]);
  for (uint32_t i = 0; i < n; i++) {
    uint8_t *p = m + f[i].at;
    if (!ours(p) || !ip4_good(p, f[i].len)) continue;
    const struct hop *h = hops + dir(t24, t8, __builtin_bswap32(ld32(p + 30)));
    uint32_t size = f[i].len - ETH;
    if (be16(p + 16) > h->mtu) continue;
    ttl_step(p + ETH);
    uint32_t label = flow4(p + ETH) & 0xfffff, tos = p[15];
    uint8_t *out = p - OUTER;
    memcpy(out, h->headers, ETH + OUTER);
    st32(out + ETH, __builtin_bswap32(6u << 28 | tos << 20 | (label + !label)));
    put16(out + ETH + 4, size + OUTER - IP6);
    f[i].at -= OUTER;
    f[i].len += OUTER;
    f[i].port = h->port;
  }
}
