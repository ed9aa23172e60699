/* srv6_end.c -- RFC 8986 section 4.1, then the way to the next segment.
 * Tables: SIDs and their bits, nodes (/48) and their bits, hops. */
#include "twin.h"

enum { SRH = ETH + IP6, ROUTING = 43, SRH_TYPE = 4 };

static inline int ip6_good(const uint8_t *p, uint32_t len) {
  if ((ld32(p + 12) & 0xf0ffff) != 0x60dd86 || be16(p + 18) + ETH + IP6 > len) return 0;
  uint64_t high = ld64(p + 22), low = ld64(p + 30);
  return p[22] != 0xff && !(high == 0 && (low << 8) == 0); /* ::, ::1 and multicast as source */
}

void srv6_end(uint8_t *m, struct frame *f, uint32_t n, const int64_t *a) {
  const uint8_t *sids = m + a[0], *nodes = m + a[2];
  const uint32_t sid_bits = a[1], node_bits = a[3];
  const struct hop *hops = (const struct hop *)(m + a[4]);
  for (uint32_t i = 0; i < n; i++) {
    uint8_t *p = m + f[i].at, *srh = p + SRH;
    if (f[i].len < SRH + 8 || !ours(p) || !ip6_good(p, f[i].len)) continue;
    if (!find(sids, sid_bits, ld64(p + 38), ld64(p + 46))) continue;
    uint32_t left = srh[3], last = srh[4], words = srh[1];
    if (p[20] != ROUTING || srh[2] != SRH_TYPE || left == 0 || p[21] <= 1) continue;
    if (last >= words >> 1 || left > last + 1 || f[i].len < SRH + 8 + words * 8) continue;
    const uint8_t *to = srh + 8 + (left - 1) * 16;
    uint64_t low = ld64(to), high = ld64(to + 8);
    if (to[0] == 0xff) continue;
    /* Another SID of ours would be a second End: not in this set. */
    if (find(sids, sid_bits, low, high)) continue;
    const struct hop *h = hops + find(nodes, node_bits, low & 0xffffffffffffull, 0);
    if (be16(p + 18) + IP6 > h->mtu) continue;
    p[21]--;
    srh[3] = left - 1;
    st64(p + 38, low);
    st64(p + 46, high);
    st64(p, ld64(h->headers));
    st64(p + 6, ld64(h->headers + 6));
    f[i].port = h->port;
  }
}
