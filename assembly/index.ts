// index.ts -- everything the host can call. One line a file, alphabetical.

import { ABI_VERSION } from "./abi";

/** ABI the module was built for. */
export function abi_version(): u32 { return ABI_VERSION; }
/** First byte behind the module's static data: where the host's arena begins. */
export function arena_base(): usize { return __heap_base; }

// lib
export { alloc, clone, free, pool_free, pool_init, pool_size, pool_sizeof } from "./lib/pool";

// capture
export { capture_accept, capture_scan } from "./capture/scan";
export { capture_write, capture_write_one } from "./capture/write";

// graph
export { drops_sizeof } from "./graph/drops";
export { graph_input, graph_run, graph_step } from "./graph/run";
export { trace_init } from "./graph/trace";

// tables

// nodes
export { port_tx } from "./nodes/port_tx";
