// build_schema.mjs -- compile the JSON Schemas to code, so that neither ajv nor
// its compilation costs the command line any start-up time.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import Ajv from 'ajv';
import standalone from 'ajv/dist/standalone/index.js';

const root = new URL('../', import.meta.url);
const ajv = new Ajv({ code: { source: true, esm: true }, allErrors: true, verbose: true, strict: true, strictTypes: false, strictRequired: false });
mkdirSync(new URL('build/', root), { recursive: true });
for (const name of ['switch', 'fabric']) {
  const validate = ajv.compile(JSON.parse(readFileSync(new URL(`schema/${name}.schema.json`, root), 'utf8')));
  // The one runtime helper that generated code asks for, without a run-time dependency on ajv.
  const code = standalone(ajv, validate).replace(/require\("ajv\/dist\/runtime\/ucs2length"\)\.default/g, '(s => [...s].length)');
  writeFileSync(new URL(`build/${name}_schema.mjs`, root), code);
  writeFileSync(new URL(`build/${name}_schema.d.mts`, root), `import type { Validate } from '../src/switch/file.ts';
declare const validate: Validate;
export default validate;
`);
}
