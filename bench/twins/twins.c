/* twins.c -- the pipelines again in C, on the same wasm memory, as a Node addon.
 *
 * What a good C programmer would write for one job: fused, no graph, no packet
 * records but address, length and port. `run(memory, twin, frames, n, tables...)`
 * goes over them in batches. Built by bench/twins.ts when gcc is there. */
#include <node_api.h>
#include "twin.h"

enum { BATCH = 256, ARGS = 10, TABLES = 4 };

typedef void twin(uint8_t *, struct frame *, uint32_t, const int64_t *);
/* By number: TWIN in bench/twins.ts. */
static twin *const TWINS[] = { l3fwd, srv6_end, h_encaps, vxlan_encap };

/* run(arraybuffer, twin, frames, n, tables...); frames and tables are byte offsets. */
static napi_value run(napi_env env, napi_callback_info info) {
  size_t argc = ARGS, size;
  napi_value argv[ARGS];
  void *m;
  int64_t a[ARGS] = { 0 };
  napi_get_cb_info(env, info, &argc, argv, 0, 0);
  napi_get_arraybuffer_info(env, argv[0], &m, &size);
  for (size_t i = 1; i < argc && i < ARGS; i++) napi_get_value_int64(env, argv[i], &a[i]);
  struct frame *frames = (struct frame *)((uint8_t *)m + a[2]);
  for (uint32_t at = 0, n = a[3]; at < n; at += BATCH) TWINS[a[1]](m, frames + at, n - at < BATCH ? n - at : BATCH, a + TABLES);
  return 0;
}

static napi_value init(napi_env env, napi_value exports) {
  napi_value f;
  napi_create_function(env, "run", NAPI_AUTO_LENGTH, run, 0, &f);
  napi_set_named_property(env, exports, "run", f);
  return exports;
}
NAPI_MODULE(twins, init)
