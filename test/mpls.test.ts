// mpls.test.ts -- label switching as a whole: what other implementations make
// of the same frames, packets through an LSP, what a file may not say.

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openCapture } from '../src/capture/open.ts';
import { frame, release } from '../src/kernel/packets.ts';
import { ConfigError, SwitchFile } from '../src/switch/file.ts';
import { showLabels } from '../src/switch/mpls.ts';
import { hexdump } from '../src/wire/hexdump.ts';
import { BenchSwitch } from './bench_switch.ts';
import { readAll, sharedPcaps, smallKernels } from './capture_files.ts';
import { hasTshark, tsharkFields, writeCapture } from './tshark.ts';
import { readVectors } from './vectors.ts';

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replace(/\s/g, ''), 'hex'));
const seed = 1;

/** Frames of a capture, or nothing and a word when it is not here. */
async function shared(name: string, folder = sharedPcaps): Promise<Uint8Array[]> {
  const path = join(folder, name), k = smallKernels();
  if (!existsSync(path)) {
    console.log(`  skipped: no ${path}`);
    return [];
  }
  return (await readAll(k, openCapture(k, path))).map(d => {
    const bytes = frame(k, d).slice();
    release(k, d);
    return bytes;
  });
}
