// read_stdin.ts -- for capture.test.ts: count the packets on standard input.

import { openCapture } from '../src/capture/open.ts';
import { readAll, smallKernels } from './capture_files.ts';

const k = smallKernels(), reader = openCapture(k, '-'), packets = await readAll(k, reader);
console.log(packets.length, reader.fault?.offset ?? 'none');
