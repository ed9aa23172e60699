/* twins.c -- the pipelines again in C, on the same wasm memory, as a Node addon.
 *
 * What a good C programmer would write for one job: fused, no graph, no
 * records, offsets of frames in a vector. `run(memory, twin, vec, n, a, b, c)`
 * returns nanoseconds. Built by bench/twins.ts when gcc is there. */
#define _GNU_SOURCE
#include <node_api.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

static inline uint64_t ld64(const uint8_t *p) { uint64_t v; memcpy(&v, p, 8); return v; }
static inline uint32_t ld32(const uint8_t *p) { uint32_t v; memcpy(&v, p, 4); return v; }
static inline uint16_t ld16(const uint8_t *p) { uint16_t v; memcpy(&v, p, 2); return v; }
static inline void st64(uint8_t *p, uint64_t v) { memcpy(p, &v, 8); }
static inline void st32(uint8_t *p, uint32_t v) { memcpy(p, &v, 4); }
static inline void st16(uint8_t *p, uint16_t v) { memcpy(p, &v, 2); }

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

/* Next hop: L2 header (14), MTU, port; 32 bytes. */
struct hop { uint8_t l2[14]; uint16_t mtu, port; uint8_t pad[14]; };

/* DIR-24-8, 16-bit entries: top bit set leads to a group of 256. */
static inline uint32_t dir(const uint8_t *t24, const uint8_t *t8, uint32_t dst) {
  uint32_t e = ld16(t24 + (dst >> 8 << 1));
  return e & 0x8000 ? ld16(t8 + (((e & 0x7fff) << 8 | (dst & 255)) << 1)) : e;
}

/* Ethernet and IPv4 checks, lookup, TTL, rewrite, output port, as ip4_input and its neighbours do. */
__attribute__((noinline)) static uint32_t l3fwd(uint8_t *m, const uint32_t *vec, uint32_t n, const uint8_t *t24, const uint8_t *t8, const struct hop *hops, uint16_t *out) {
  uint32_t sent = 0;
  for (uint32_t i = 0; i < n; i++) {
    uint8_t *p = m + vec[i];
    out[i] = 0xffff;
    if ((ld32(p + 12) & 0xffffff) != 0x450008 || sum20(p + 14) != 0xffff || p[22] <= 1) continue;
    uint8_t src = p[26], dst = p[30];
    if (src == 0 || src == 127 || src >= 224 || dst == 0 || dst == 127 || dst >= 224) continue;
    const struct hop *h = hops + dir(t24, t8, __builtin_bswap32(ld32(p + 30)));
    if (__builtin_bswap16(ld16(p + 16)) > h->mtu) continue;
    uint32_t sum = ld16(p + 24) + 1;
    p[22]--;
    st16(p + 24, sum + (sum >= 0xffff));
    st64(p, ld64(h->l2));
    st64(p + 6, ld64(h->l2 + 6));
    out[i] = h->port;
    sent++;
  }
  return sent;
}

static uint64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000ull + t.tv_nsec;
}

enum { BATCH = 256, ARGS = 9 };

/* run(arraybuffer, twin, vec, n, a0..a4) -> ns; vec and a* are byte offsets. */
static napi_value run(napi_env env, napi_callback_info info) {
  size_t argc = ARGS;
  napi_value argv[ARGS];
  napi_get_cb_info(env, info, &argc, argv, 0, 0);
  void *data;
  size_t size;
  napi_get_arraybuffer_info(env, argv[0], &data, &size);
  int64_t a[ARGS] = { 0 };
  for (size_t i = 1; i < argc; i++) napi_get_value_int64(env, argv[i], &a[i]);
  uint8_t *m = data;
  const uint32_t *vec = (const uint32_t *)(m + a[2]);
  volatile uint32_t sink = 0;
  uint64_t start = now();
  for (uint32_t at = 0, n = a[3]; at < n; at += BATCH) {
    uint32_t many = n - at < BATCH ? n - at : BATCH;
    switch (a[1]) {
      case 0: sink += l3fwd(m, vec + at, many, m + a[4], m + a[5], (struct hop *)(m + a[6]), (uint16_t *)(m + a[7])); break;
    }
  }
  napi_value result;
  napi_create_double(env, (double)(now() - start), &result);
  return result;
}

static napi_value init(napi_env env, napi_value exports) {
  napi_value f;
  napi_create_function(env, "run", NAPI_AUTO_LENGTH, run, 0, &f);
  napi_set_named_property(env, exports, "run", f);
  return exports;
}
NAPI_MODULE(twins, init)
