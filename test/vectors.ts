// vectors.ts -- read test/vectors/<node>.txt: what one node does, in the words
// of a person who has the RFC open.
//
//   switch           a switch file, indented; for the cases below it
//   case NAME        begins a case
//   port e1          port the frame comes in by (the first one if absent)
//   time 1.5s        its arrival (0 if absent); units s, ms, us, ns, ps
//   before e1 HEX    a frame that comes in earlier, to set state; repeatable
//   in HEX           the frame
//   orig N           bytes it had on the wire, where the capture cut it
//   out EDGE [HEX]   edge the node sends it out of, and its bytes then
//   drop REASON      or the reason the node drops it for
//   emit EDGE [HEX]  a packet the node makes, in order; repeatable
//   tx PORT HEX      a frame that leaves the switch in the end, in order; repeatable
//   field NAME=N ... fields of the packet after the node: FLOW, DOMAIN, L3, L4
//
// Hex may be spaced and broken at will over indented lines; `00*1800` repeats
// an octet; '#' comments.

import { readFileSync } from 'node:fs';

export interface Frame { where: string; bytes?: Uint8Array }
export interface Case {
  name: string;
  line: number;
  /** YAML of its switch. */
  config: string;
  port: string;
  /** Picoseconds. */
  time: bigint;
  before: Frame[];
  in: Uint8Array;
  orig?: number;
  out?: Frame;
  drop?: string;
  emit: Frame[];
  tx: Frame[];
  fields: [string, number][];
}

const WORDS = /^(switch|case|port|time|before|in|orig|out|drop|emit|tx|field)(\s+|$)/;
const PS: Readonly<Record<string, bigint>> = { s: 10n ** 12n, ms: 10n ** 9n, us: 10n ** 6n, ns: 1000n, ps: 1n };

/** Cases of test/vectors/<node>.txt. @throws Error with file and line on a word it does not know */
export function readVectors(node: string): Case[] {
  const name = `test/vectors/${node}.txt`;
  return parseVectors(readFileSync(new URL(`vectors/${node}.txt`, import.meta.url), 'utf8'), name);
}

export function parseVectors(source: string, name: string): Case[] {
  const cases: Case[] = [];
  let config = '', word = '', text: string[] = [];
  const flush = () => {
    if (word === 'switch') config = text.join('\n');
    else if (word && word !== 'case') fill(cases.at(-1)!, word, text.join(' ').trim());
    word = '';
    text = [];
  };
  source.split('\n').forEach((raw, i) => {
    const yaml = word === 'switch' && !WORDS.test(raw), line = yaml ? raw : raw.replace(/(^|\s)#.*/, '');
    const key = WORDS.exec(line)?.[1];
    if (!key && !/^\s|^$/.test(line)) throw new Error(`${name}:${i + 1}: unknown word in "${line}"`);
    if (!key) return void text.push(yaml ? line : line.trim());
    flush();
    word = key;
    if (key === 'case') cases.push({ name: line.slice(5).trim(), line: i + 1, config, port: '', time: 0n, before: [], in: new Uint8Array(), emit: [], tx: [], fields: [] });
    else if (key !== 'switch' && cases.length === 0) throw new Error(`${name}:${i + 1}: "${key}" before the first case`);
    text.push(line.replace(WORDS, ''));
  });
  flush();
  return cases;
}

function fill(c: Case, word: string, value: string): void {
  if (word === 'port') c.port = value;
  else if (word === 'time') {
    const [, n, unit] = /^([\d.]+)(\w+)$/.exec(value)!;
    c.time = BigInt(Math.round(Number(n) * Number(PS[unit!])));
  }
  else if (word === 'orig') c.orig = Number(value);
  else if (word === 'in') c.in = bytes(value);
  else if (word === 'drop') c.drop = value;
  else if (word === 'field') c.fields = value.split(/\s+/).map(p => { const [f = '', v] = p.split('='); return [f, Number(v)]; });
  else {
    const [where = '', ...hex] = value.split(/\s+/), frame: Frame = hex.length > 0 ? { where, bytes: bytes(hex.join('')) } : { where };
    if (word === 'out') c.out = frame;
    else c[word as 'before' | 'emit' | 'tx'].push(frame);
  }
}

const bytes = (hex: string): Uint8Array =>
  Uint8Array.from(Buffer.from(hex.replace(/([0-9a-f]{2})\*(\d+)/gi, (_, octet: string, n: string) => octet.repeat(Number(n))).replace(/\s+/g, ''), 'hex'));
