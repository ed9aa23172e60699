// test.mjs -- `npm test`: every test/*.test.ts, each in a process of its own,
// two at a time. Prints failures in full, the reasons of what was skipped, and
// as last line `N passed, N failed, N skipped`.
//
//     node scripts/test.mjs [--lab] [word...]      files whose names hold a word
//
// With --lab those of test/lab, one at a time: they want root, for namespaces
// that they make themselves, and skip without.

import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url)), args = process.argv.slice(2), lab = args.includes('--lab');
const words = args.filter(a => a !== '--lab'), folder = lab ? 'test/lab' : 'test';
const AT_ONCE = lab ? 1 : 2;
/** Milliseconds a file may take: one that hangs must not hold the others up for ever. */
const PATIENCE = 300_000;

for (const needed of ['build/kernels.wasm', 'build/switch_schema.mjs', 'dist/weft.js'])
  if (!existsSync(root + needed)) {
    console.error(`${needed} is missing: run npm run build first (npm ci does)`);
    process.exit(1);
  }

const files = readdirSync(root + folder).filter(f => f.endsWith('.test.ts') && (words.length === 0 || words.some(w => f.includes(w)))).sort();
if (files.length === 0) {
  console.error(`no test file is named like ${words.join(' or ')}`);
  process.exit(1);
}
const sum = { passed: 0, failed: 0, skipped: 0 }, reasons = [];
const queue = [...files];
await Promise.all(Array.from({ length: AT_ONCE }, async () => {
  for (let file = queue.shift(); file !== undefined; file = queue.shift()) report(await run(file));
}));
if (reasons.length > 0) console.log(`\nskipped:\n${reasons.map(r => `  ${r}`).join('\n')}\n`);
console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
process.exitCode = sum.failed > 0 ? 1 : 0;

function run(file) {
  return new Promise(resolve => {
    const start = performance.now(), child = spawn(process.execPath, ['--import', 'tsx', `${folder}/${file}`], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], timeout: PATIENCE, killSignal: 'SIGKILL' });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', text => { output += text; });
    child.on('close', (code, signal) => resolve({ file, code, signal, output, seconds: (performance.now() - start) / 1000 }));
  });
}

function report({ file, code, signal, output, seconds }) {
  const count = word => [...output.matchAll(new RegExp(`^\\s+${word}:\\s+(\\d+)`, 'gm'))].reduce((n, m) => n + Number(m[1]), 0);
  const total = count('Total'), passed = count('Passed'), skipped = count('Skipped');
  // A file that broke off, or reports no test at all, is a failure too.
  const broken = total + skipped === 0 ? 'reports no tests' : signal ? `ended by ${signal}` : code !== 0 && total === passed ? `exit code ${code}` : '';
  const failed = total - passed + (broken ? 1 : 0);
  sum.passed += passed;
  sum.failed += failed;
  sum.skipped += skipped;
  reasons.push(...[...output.matchAll(/^\s*SKIP (.*)$/gm)].map(m => `${file}: ${m[1]}`));
  console.log(`${failed ? 'FAIL' : 'ok  '} ${file.padEnd(28)} ${String(passed).padStart(5)} passed${skipped ? `, ${skipped} skipped` : ''}  ${seconds.toFixed(1)} s${broken ? `  ${broken}` : ''}`);
  if (failed) console.log(output);
}
