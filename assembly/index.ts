// index.ts -- everything the host can call. One line per node, alphabetical.

import { ABI_VERSION } from "./abi";

export function abi_version(): u32 { return ABI_VERSION; }

// captures
export { bpf_run } from "./capture/bpf";

// tables

// nodes
