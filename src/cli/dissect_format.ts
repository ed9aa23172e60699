// dissect_format.ts -- the forms in which `weft dissect` prints packets.

import { EXIT, WeftError } from '../kernel/errors.ts';
import { dissect, type Layer, values } from '../wire/dissect.ts';
import { summary } from '../wire/summary.ts';
import type { Talk } from './talk.ts';

export interface Manner { type: 'text' | 'json' | 'fields'; verbose?: boolean; field?: string[]; form?: string[] }

export interface About {
  /** From 1 in the capture. */
  number: number;
  /** Bytes on the wire. */
  wire: number;
  /** Picoseconds since 1970. */
  time: bigint;
}

export interface Printer {
  begin(): void;
  packet(bytes: Uint8Array, about: About): void;
  end(): void;
}

/** Lines are handed over in blocks of so many characters. */
const BLOCK = 65536;
const PS_PER_NS = 1000n, NS_PER_SECOND = 10n ** 9n;

/** @throws WeftError for options that do not go together */
export function formatter(manner: Manner, talk: Talk): Printer {
  const { type, verbose, field = [], form = [] } = manner;
  if (type === 'fields' && field.length === 0) throw new WeftError(EXIT.usage, '-T fields prints the fields that -e names', "-e ip.src -e ip.dst; Wireshark's names");
  if (type !== 'fields' && (field.length > 0 || form.length > 0)) throw new WeftError(EXIT.usage, '-e and -E need -T fields');
  const lines = new Lines(talk);
  if (type === 'fields') return fields(field, formOf(form), lines);
  if (type === 'json') return json(lines);
  return verbose ? details(lines, talk) : oneLine(lines);
}

/** Gathers lines, so that not each is a write of its own. */
class Lines {
  #text = '';
  constructor(readonly talk: Talk) {}
  add(line: string): void {
    this.#text += this.#text ? `\n${line}` : line;
    if (this.#text.length >= BLOCK) this.flush();
  }
  flush(): void {
    if (this.#text) this.talk.out(this.#text);
    this.#text = '';
  }
}

function oneLine(lines: Lines): Printer {
  let start: bigint | undefined;
  return {
    begin() {},
    packet(bytes, { number, wire, time }) {
      const { source, destination, protocol, info } = summary(dissect(bytes, wire));
      lines.add(`${String(number).padStart(5)} ${seconds(time - (start ??= time), 6).padStart(12)} ${source} → ${destination} ${protocol} ${wire} ${info}`);
    },
    end: () => lines.flush(),
  };
}

function details(lines: Lines, { colors }: Talk): Printer {
  return {
    begin() {},
    packet(bytes, about) {
      const { number, wire, time } = about;
      lines.add(colors.bold(`Frame ${number}: ${wire} bytes on the wire, ${bytes.length} captured, ${seconds(time, 9)}`));
      for (const l of dissect(bytes, wire)) {
        lines.add(`${colors.cyan(l.name)} at ${l.start}, ${l.length} bytes${l.note ? colors.red(` [${l.note}]`) : ''}`);
        for (const f of l.fields) lines.add(`    ${f.name}: ${f.value}`);
      }
      lines.add('');
    },
    end: () => lines.flush(),
  };
}

/** As tshark -T json: an array of packets, fields by layer; a field that occurs twice has an array. */
function json(lines: Lines): Printer {
  let any = false;
  return {
    begin: () => lines.add('['),
    packet(bytes, about) {
      const layers = dissect(bytes, about.wire);
      const packet = { frame: Object.fromEntries(FRAME.map(([name, of]) => [name, of(bytes, about, layers)])), layers: layers.map(l => ({ layer: l.name, ...(l.note && { note: l.note }), ...grouped(l) })) };
      lines.add(`${any ? ',' : ' '} ${JSON.stringify(packet)}`);
      any = true;
    },
    end() {
      lines.add(']');
      lines.flush();
    },
  };
}

function grouped(l: Layer): Record<string, number | string | (number | string)[]> {
  const out: Record<string, number | string | (number | string)[]> = {};
  for (const { name, value } of l.fields) out[name] = name in out ? [out[name]!, value].flat() : value;
  return out;
}

/** What is not in the packet. */
const FRAME: readonly (readonly [string, (bytes: Uint8Array, about: About, layers: readonly Layer[]) => string | number])[] = [
  ['frame.number', (_, a) => a.number],
  ['frame.time_epoch', (_, a) => seconds(a.time, 9)],
  ['frame.len', (_, a) => a.wire],
  ['frame.cap_len', b => b.length],
  ['frame.protocols', (_, __, layers) => layers.map(l => l.name).join(':')],
];

interface Form { header: boolean; separator: string; aggregator: string }

function fields(names: readonly string[], { header, separator, aggregator }: Form, lines: Lines): Printer {
  const own = new Map(FRAME);
  return {
    begin() { if (header) lines.add(names.join(separator)); },
    packet(bytes, about) {
      const layers = dissect(bytes, about.wire);
      lines.add(names.map(n => own.get(n)?.(bytes, about, layers) ?? values(layers, n).join(aggregator)).join(separator));
    },
    end: () => lines.flush(),
  };
}

function formOf(pairs: readonly string[]): Form {
  const form = { header: false, separator: '\t', aggregator: ',' };
  for (const pair of pairs) {
    const [, key, value] = /^(\w+)=(.*)$/.exec(pair) ?? [], text = value === '/t' ? '\t' : value === '/s' ? ' ' : value;
    if (key === 'header' && (value === 'y' || value === 'n')) form.header = value === 'y';
    else if ((key === 'separator' || key === 'aggregator') && text) form[key] = text;
    else throw new WeftError(EXIT.usage, `-E ${pair}: expected header=y, header=n, separator=X or aggregator=X`);
  }
  return form;
}

/** Picoseconds as seconds with so many digits. */
function seconds(ps: bigint, digits: number): string {
  const sign = ps < 0n ? '-' : '', ns = (ps < 0n ? -ps : ps) / PS_PER_NS;
  return `${sign}${ns / NS_PER_SECOND}.${String(ns % NS_PER_SECOND).padStart(9, '0').slice(0, digits)}`;
}
