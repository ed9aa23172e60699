// golden.ts -- text compared with a file in test/golden. WEFT_UPDATE=1
// writes the files anew; read the difference before you commit it.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';

/** @param name path below test/golden */
export function golden(name: string, text: string): void {
  const path = fileURLToPath(new URL(`golden/${name}`, import.meta.url));
  if (process.env['WEFT_UPDATE']) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  assert.fixture(text, readFileSync(path, 'utf8'), name);
}
