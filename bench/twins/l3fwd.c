/* l3fwd.c -- Ethernet and IPv4 checks, lookup, TTL, rewrite, output port.
 * Tables: t24, t8, hops (entry 0 is nowhere: MTU 0). */
#include "twin.h"

void l3fwd(uint8_t *m, struct frame *f, uint32_t n, const int64_t *a) {
  const uint8_t *t24 = m + a[0], *t8 = m + a[1];
  const struct hop *hops = (const struct hop *)(m + a[2]);
  for (uint32_t i = 0; i < n; i++) {
    uint8_t *p = m + f[i].at;
    if (!ours(p) || !ip4_good(p, f[i].len)) continue;
    const struct hop *h = hops + dir(t24, t8, __builtin_bswap32(ld32(p + 30)));
    if (be16(p + 16) > h->mtu) continue;
    ttl_step(p + ETH);
    st64(p, ld64(h->headers));
    st64(p + 6, ld64(h->headers + 6));
    f[i].port = h->port;
  }
}
