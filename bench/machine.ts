// machine.ts -- under what conditions a run was made.

import { statSync } from 'node:fs';
import { arch, cpus, loadavg, release, totalmem, type } from 'node:os';

export interface Machine {
  date: string;
  node: string;
  v8: string;
  system: string;
  cpu: string;
  cores: number;
  memoryGiB: number;
  /** Of the last 1, 5 and 15 minutes. */
  load: number[];
  wasmBytes: number;
}

export const machine = (): Machine => ({
  date: new Date().toISOString().slice(0, 19) + 'Z',
  node: process.version, v8: process.versions.v8,
  system: `${type()} ${release()} ${arch()}`,
  cpu: cpus()[0]?.model.trim() ?? 'unknown', cores: cpus().length, memoryGiB: Math.round(totalmem() / 2 ** 30),
  load: loadavg().map(l => Math.round(l * 100) / 100),
  wasmBytes: statSync(new URL('../build/kernels.wasm', import.meta.url)).size,
});

export const headLines = (m: Machine): string[] => [
  `# ${m.date}, node ${m.node} (V8 ${m.v8}), ${m.system}`,
  `# ${m.cpu}, ${m.cores} cores, ${m.memoryGiB} GiB, load average ${m.load.join(' ')}, kernels.wasm ${m.wasmBytes} bytes`,
];
