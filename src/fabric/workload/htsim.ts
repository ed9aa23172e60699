// htsim.ts -- a connection matrix of htsim (`.cm`): connections with a start in
// picoseconds, or with a trigger that others pull when they are done. Host n of
// it is the n-th here.
//
//   Nodes 16 / Connections 2 / Triggers 1
//   0->1 id 1 start 0 size 2000000 send_done_trigger 1
//   1->2 id 2 trigger 1 size 2000000
//   trigger id 1 oneshot

import type { TextFile, Word } from '../text_file.ts';
import type { Work } from './kind.ts';

interface Connection { readonly at: Word; readonly src: number; readonly dst: number; start?: number; size: number; waits?: Word; readonly pulls: Word[] }
interface Trigger { readonly at: Word; readonly barrier: number }

const HEADER = ['Nodes', 'Connections', 'Triggers', 'Failures'];

export const htsimMatrix: Work = {
  needs: ['file'],
  knows: [],
  make({ config, read, topology }, script) {
    const file = read.text(config.file!), connections: Connection[] = [], triggers = new Map<string, Trigger>();
    for (const words of file.words()) {
      const [first, value] = words as [Word, Word | undefined];
      if (first.text.includes('->')) connections.push(connection(file, words, topology.hosts));
      else if (first.text === 'trigger') triggers.set(...trigger(file, words));
      else if (!HEADER.includes(first.text)) file.refuse(first, `"${first.text}": expected ${HEADER.join(', ')}, a connection as in 0->1, or a trigger`);
      else if (!value) file.refuse(first, 'expected a number behind');
      else if (first.text === 'Nodes' && file.number(value, 2) > topology.hosts) file.refuse(value, `${value.text} nodes, the fabric has ${topology.hosts} hosts`);
    }
    // What a connection waits for comes first in none of the files' order: numbers are known beforehand.
    const base = script.messages.length, pulled = new Map<string, number[]>();
    connections.forEach((c, i) => { for (const t of c.pulls) pulled.set(t.text, [...pulled.get(t.text) ?? [], base + i]); });
    for (const c of connections) {
      const after = c.waits && pullers(file, c.waits, pulled, triggers);
      script.send(c.src, c.dst, c.size, after, c.start ?? 0);
    }
    return undefined;
  },
};

function connection(file: TextFile, words: readonly Word[], hosts: number): Connection {
  const at = words[0]!, [, from = '', to = ''] = /^(\d+)->(\d+)$/.exec(at.text) ?? file.refuse(at, 'expected two hosts by number, as in 0->1');
  for (const n of [from, to]) if (Number(n) >= hosts) file.refuse(at, `no host ${n}: the fabric has ${hosts}, from 0`);
  const c: Connection = { at, src: Number(from), dst: Number(to), size: 0, pulls: [] };
  for (let i = 1; i < words.length; i += 2) {
    const key = words[i]!, value = words[i + 1] ?? file.refuse(key, 'expected a value behind');
    if (key.text === 'start') c.start = file.number(value, 0);
    else if (key.text === 'size') c.size = file.number(value, 0);
    else if (key.text === 'trigger') c.waits = value;
    else if (key.text === 'send_done_trigger' || key.text === 'recv_done_trigger') c.pulls.push(value);
    else if (key.text !== 'id' && key.text !== 'prio') file.refuse(key, `"${key.text}": expected start, size, id, prio, trigger, send_done_trigger or recv_done_trigger`);
  }
  if ((c.start === undefined) === (c.waits === undefined)) file.refuse(at, c.waits ? 'starts at a time or by a trigger, not both' : 'never starts: expected "start" or "trigger"');
  return c;
}

function trigger(file: TextFile, words: readonly Word[]): [string, Trigger] {
  const at = words[0]!, text = words.map(w => w.text).join(' '), [, id, kind, count] = /^trigger id (\d+) (oneshot|multishot|barrier)(?: count (\d+))?$/.exec(text) ?? file.refuse(at, 'expected trigger id N, and oneshot, multishot or barrier count N');
  if ((kind === 'barrier') !== (count !== undefined)) file.refuse(at, 'a barrier has a count, and only a barrier');
  return [id!, { at, barrier: Number(count ?? 0) }];
}

/** Connections that have to be done for a trigger to fire. */
function pullers(file: TextFile, waits: Word, pulled: ReadonlyMap<string, readonly number[]>, triggers: ReadonlyMap<string, Trigger>): readonly number[] {
  const known = triggers.get(waits.text) ?? file.refuse(waits, `no trigger ${waits.text} in this file`), by = pulled.get(waits.text) ?? file.refuse(waits, `trigger ${waits.text} is never pulled`);
  if (known.barrier > 0 && known.barrier !== by.length) file.refuse(known.at, `waits for ${known.barrier}, ${by.length} connections pull it: expected as many`);
  if (known.barrier === 0 && by.length > 1) file.refuse(known.at, `${by.length} connections pull it, and the first one would do: only a barrier can wait for several here`);
  return by;
}
