// switch_file.test.ts -- what `weft check` says of files that are wrong: each
// fault at its line and column, with what was expected.

import { writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ConfigError, SwitchFile } from '../src/switch/file.ts';
import { Network } from '../src/switch/network.ts';
import { scratchPath, smallKernels } from './capture_files.ts';

const path = scratchPath('f.yaml');

function error(text: string): ConfigError {
  try {
    new Network(smallKernels(), new SwitchFile(path, text));
  } catch (e) {
    if (e instanceof ConfigError) return e;
    throw e;
  }
  throw new Error('no fault was found');
}
/** Faults without path and excerpt: `line:column: message`. */
const faults = (text: string): string[] => error(text).faults.map(f => f.split('\n')[0]!.replace(`${path}:`, ''));

test('faults stand in the order of the file, one a place', () => {
  assert.equal(faults('prots: {}\nports:\n  e1: {mtu: big, adress: 10.0.0.1/24}\nroutes:\n  - {to: default, vía: 10.0.0.9}\n  - {to: default, action: rejct}\n  - 17\n'), [
    '1:1: prots: unknown key, do you mean "ports"?',
    '3:13: ports.e1.mtu: "big": must be integer (Largest layer-3 packet, bytes)',
    '3:18: ports.e1.adress: unknown key, do you mean "address"?',
    '5:19: routes.0.vía: unknown key, do you mean "via"?',
    '6:27: routes.1.action: "rejct": expected one of blackhole, unreachable, reject, prohibit',
    '7:5: routes.2: 17: must be object',
  ]);
});

test('a message lists twenty faults, the error has them all', () => {
  const { faults, message } = error(`ports:\n${Array.from({ length: 30 }, (_, i) => `  e${i}: {mtu: 1}`).join('\n')}`);
  assert.is(faults.length, 30);
  assert.match(message, /ports\.e19\.mtu.*\n.*\n.*\nand 10 faults more$/);
});

test('many faults are found in time that grows with them', () => {
  const start = process.hrtime.bigint();
  assert.is(faults(`ports: {e1: }\nroutes:\n${'  - {too: 10.0.0.0/8}\n'.repeat(5000)}`).length, 10_000);
  assert.ok(Number(process.hrtime.bigint() - start) < 10e9);
});

test('aliases: unknown ones, and a small file that stands for a huge one', () => {
  assert.equal(faults('ports:\n  e1: *q\n'), ['2:7: *q stands for nothing: expected an anchor &q before it']);
  const level = (name: string, of: string) => `${name}: &${name} [${Array.from({ length: 9 }, () => of).join(', ')}]\n`;
  const bomb = level('a', 'x') + [...'bcdefg'].map((name, i) => level(name, `*${'abcdef'[i]!}`)).join('');
  assert.match(faults(bomb).join(), /^\d+:\d+: aliases of aliases stand for more than 10000 values$/);
  new SwitchFile(path, 'ports:\n  e1: &p {mtu: 1500}\n  e2: *p\n');
});

test('YAML that does not parse: place, and help where the parser has none', () => {
  assert.equal(faults('ports: {e1: }\nroutes: @table.txt\n'), ['2:9: Plain value cannot start with reserved character @: put the value in quotes']);
  assert.equal(faults('ports: {e1: }\n---\nports: {e2: }\n'), ['2:1: a second document: expected one; several switches go under `switches`']);
  assert.equal(faults('ports:\n  e1: {}\n  e1: {}\n'), ['3:3: Map keys must be unique']);
});

test('keys with characters of other notations', () => {
  assert.equal(faults('ports: {"50%": {mtu: x}, "a/b~c": {mtu: x}}'), [
    '1:22: ports.50%.mtu: "x": must be integer (Largest layer-3 packet, bytes)', '1:41: ports.a/b~c.mtu: "x": must be integer (Largest layer-3 packet, bytes)',
  ]);
});

test('an excerpt fits a terminal: long lines are cut, control characters are blanks', () => {
  const [, text = '', carets = ''] = error(`ports: {"${'x'.repeat(5000)}\t\u{1b}[31m": {mtu: 1}}`).faults[0]!.split('\n');
  assert.ok(text.length < 300);
  assert.not.match(text, /\p{Cc}/u);
  assert.is(text[carets.indexOf('^')], '1');
});

test('faults of a table file are at its lines', () => {
  const table = scratchPath('table.txt');
  writeFileSync(table, '# prefix gateway\n10.1.0.0/16 10.0.0.9\n  bogus 10.0.0.9 # here\n10.2.0.0/16\n10.3.0.0/16 10.0.0.9 red\n10.4.0.0/16 10.0.0.9 default x\n10.5.0.0/16 fooo\n');
  const yaml = (name: string) => `ports: {e1: {address: 10.0.0.1/24}}\nroutes: "@${name}"\n`, found = error(yaml(table)).faults;
  assert.equal(found.map(f => f.split('\n')[0]!.replace(`${table}:`, '')), [
    '3:3: "bogus" has no prefix length: expected address/length, as in 10.0.0.0/8', '4:1: expected "prefix gateway [vrf]"',
    '5:1: no VRF "red": there are default', '6:1: expected "prefix gateway [vrf]"',
    '7:1: "fooo" is not an IPv4 address: expected four numbers from 0 to 255, as in 10.0.0.1',
  ]);
  assert.is(found[0]!.split('\n').slice(1).join('\n'), '    3 |   bogus 10.0.0.9 # here\n      |   ^^^^^^^^^^^^^^');
  assert.equal(faults(yaml('none.txt')), [`2:9: routes: ${dirname(path)}/none.txt: no such file or directory`]);
});

test.run();
