/* twin.h -- what the twins share: loads and stores, next hops, lookups, the
 * flow hash of assembly/lib/hash.ts, so that they make the same bytes. */
#pragma once
#include <stdint.h>
#include <string.h>

static inline uint64_t ld64(const uint8_t *p) { uint64_t v; memcpy(&v, p, 8); return v; }
static inline uint32_t ld32(const uint8_t *p) { uint32_t v; memcpy(&v, p, 4); return v; }
static inline uint16_t ld16(const uint8_t *p) { uint16_t v; memcpy(&v, p, 2); return v; }
static inline void st64(uint8_t *p, uint64_t v) { memcpy(p, &v, 8); }
static inline void st32(uint8_t *p, uint32_t v) { memcpy(p, &v, 4); }
static inline void st16(uint8_t *p, uint16_t v) { memcpy(p, &v, 2); }
static inline uint16_t be16(const uint8_t *p) { return __builtin_bswap16(ld16(p)); }
static inline void put16(uint8_t *p, uint16_t v) { st16(p, __builtin_bswap16(v)); }

enum { ETH = 14, IP4 = 20, IP6 = 40, UDP = 8, VXLAN = 8, DROPPED = 0xffff };

/* A frame: address in memory, length; its output port is set, DROPPED else. */
struct frame { uint32_t at; uint16_t len, port; };

/* A next hop: its headers, Ethernet first. */
struct hop { uint16_t mtu, port; uint8_t headers[124]; };

/* The frame is for port 1 of the switch: 02:00:00:00:01:01. */
static inline int ours(const uint8_t *p) { return ld64(p) << 16 == 0x0101000000020000ull; }

/* Header sum, 16 bits; 0xffff when right. */
static inline uint32_t sum20(const uint8_t *p) {
  uint64_t a = ld64(p), s = a + ld64(p + 8);
  s += s < a;
  uint64_t c = ld32(p + 16);
  s += c;
  s += s < c;
  s += s << 32 | s >> 32;
  uint32_t h = s >> 32;
  h += h << 16 | h >> 16;
  return h >> 16;
}

/* An IPv4 header at p + ETH that may be forwarded: no options, checksum, TTL, addresses, length. */
static inline int ip4_good(const uint8_t *p, uint32_t len) {
  uint8_t src = p[26], dst = p[30];
  return (ld32(p + 12) & 0xffffff) == 0x450008 && sum20(p + 14) == 0xffff && p[22] > 1
    && be16(p + 16) + ETH <= len
    && src != 0 && src != 127 && src < 224 && dst != 0 && dst != 127 && dst < 224;
}

/* TTL less one, RFC 1624. */
static inline void ttl_step(uint8_t *ip) {
  uint32_t sum = ld16(ip + 10) + 1;
  ip[8]--;
  st16(ip + 10, sum + (sum >= 0xffff));
}

/* DIR-24-8, 16-bit entries: top bit set leads to a group of 256. */
static inline uint32_t dir(const uint8_t *t24, const uint8_t *t8, uint32_t dst) {
  uint32_t e = ld16(t24 + (dst >> 8 << 1));
  return e & 0x8000 ? ld16(t8 + (((e & 0x7fff) << 8 | (dst & 255)) << 1)) : e;
}

#define K1 0x9e3779b97f4a7c15ull
#define K2 0xd6e8feb86659fd93ull
#define K3 0xc2b2ae3d27d4eb4full

/* Open addressing; 32-byte entries: key of two words, u32 value, 0 for a free slot. @returns value or 0 */
static inline uint32_t find(const uint8_t *table, uint32_t bits, uint64_t low, uint64_t high) {
  for (uint32_t slot = ((low ^ high * K1) * K2) >> (64 - bits);; slot = (slot + 1) & ((1u << bits) - 1)) {
    const uint8_t *e = table + (uint64_t)slot * 32;
    uint32_t value = ld32(e + 16);
    if (!value || (ld64(e) == low && ld64(e + 8) == high)) return value;
  }
}

/* hash128 of assembly/lib/hash.ts. */
static inline uint32_t hash128(uint64_t a, uint64_t b, uint32_t salt) {
  uint64_t h = (a ^ (salt + 1ull) * K1) * K2;
  h ^= h >> 32;
  h = (h ^ b) * K3;
  h ^= h >> 32;
  return (h * K2) >> 32;
}

/* Flow hash of an IPv4 header without options, as assembly/lib/flow.ts makes it; the switch's seed is 1. */
static inline uint32_t flow4(const uint8_t *ip) {
  uint8_t protocol = ip[9];
  int ports = !(ld16(ip + 6) & 0xff3f) && (protocol == 6 || protocol == 17 || protocol == 132 || protocol == 136);
  uint32_t h = hash128(ld64(ip + 12), (ports ? ld32(ip + IP4) : 0) | (uint64_t)protocol << 32, 1);
  return h + !h;
}

void l3fwd(uint8_t *m, struct frame *f, uint32_t n, const int64_t *a);
void srv6_end(uint8_t *m, struct frame *f, uint32_t n, const int64_t *a);
void h_encaps(uint8_t *m, struct frame *f, uint32_t n, const int64_t *a);
void vxlan_encap(uint8_t *m, struct frame *f, uint32_t n, const int64_t *a);
