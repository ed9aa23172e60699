// copy_stdin.ts -- for capture_write.test.ts: standard input to standard output as pcapng.

import { VEC_MAX } from '../assembly/abi/packet.ts';
import { createCapture, openCapture } from '../src/capture/open.ts';
import { smallKernels } from './capture_files.ts';

const k = smallKernels(), vec = k.alloc(VEC_MAX * 4, 'vector');
const reader = openCapture(k, '-'), writer = createCapture(k, '-', { ports: [{ port: 0, name: 'e1' }] });
while (!writer.broken) {
  const n = reader.next(vec, VEC_MAX);
  writer.origin = reader.origin ?? 0n;
  if (n > 0) writer.write(vec, n);
  else if (!await reader.fill()) break;
}
reader.close();
writer.close();
console.error(writer.broken ? 'broken' : writer.packets);
