// build.ts -- a packet from a line of text.
//
//   eth(dst=02:00:00:00:01:01)/ip(src=10.0.0.1,dst=10.9.0.1,ttl=64)/udp(dstport=53)/data(len=32)
//   tcp 10.0.0.1:1234 > 10.1.0.2:80
//
// Field names are Wireshark's without the protocol. Lengths, checksums, types
// and the bottom of a label stack are filled in; what is written is kept, right
// or wrong.

import { parseIp, parseIp4, parseIp6 } from './address.ts';
import { type Addresses, Given, LAYERS, type LayerKind, type Macs } from './build/layers.ts';
import { BuildError, isShort, type LayerText, readLayers, readShort, type Word } from './build/text.ts';
import { uint, type Value } from './build/values.ts';

export { BuildError } from './build/text.ts';

const MACS: Macs = { src: Uint8Array.of(2, 0, 0, 0, 0, 1), dst: Uint8Array.of(2, 0, 0, 0, 0, 2) };

/**
 * Build a packet.
 * @param text layers outermost first, or the short form, which stands for an Ethernet frame
 * @param macs addresses of Ethernet layers that state none
 * @returns the packet, without padding or FCS
 * @throws BuildError with column and caret
 */
export function build(text: string, macs: Macs = MACS): Uint8Array {
  const layers = isShort(text) ? short(text) : readLayers(text).map(layer => given(text, layer));
  const addresses: (Addresses | undefined)[] = [];
  layers.reduce<Addresses | undefined>((around, layer, i) => {
    addresses.push(around);
    return layer.kind.addresses?.(layer, layers[i + 1]) ?? around;
  }, undefined);
  return layers.reduceRight<Uint8Array>((payload, layer, i) => layer.kind.emit(layer, { inner: layers[i + 1], payload, addresses: addresses[i], around: layers.slice(0, i), macs }), new Uint8Array(0));
}

function kindOf(text: string, name: Word): LayerKind {
  if (!Object.hasOwn(LAYERS, name.text)) throw new BuildError(`no layer ${name.text}; there are ${Object.keys(LAYERS).join(' ')}`, text, name.at);
  return LAYERS[name.text]!;
}

function given(text: string, layer: LayerText): Given {
  const kind = kindOf(text, layer.name), fields = new Map<string, Value>();
  for (const { name, value } of layer.fields) {
    if (!Object.hasOwn(kind.fields, name.text)) throw new BuildError(`${layer.name.text} has no field ${name.text}; it has ${Object.keys(kind.fields).join(' ')}`, text, name.at);
    if (fields.has(name.text)) throw new BuildError(`${name.text} is given twice`, text, name.at);
    fields.set(name.text, read(text, value, kind.fields[name.text]!));
  }
  return new Given(kind, fields);
}

/** A value through its reader; what the reader throws gets a place. */
function read<V>(text: string, word: Word, reader: (text: string) => V): V {
  try { return reader(word.text); } catch (e) { throw new BuildError((e as Error).message, text, word.at); }
}

const WITH_PORTS: readonly string[] = ['tcp', 'udp'];

function short(text: string): Given[] {
  const { name, from, to } = readShort(text);
  const ports = WITH_PORTS.includes(name.text);
  if (!ports && name.text !== 'icmp') throw new BuildError('expected tcp, udp or icmp', text, name.at);
  const [src, dst] = [from, to].map(word => endpoint(text, word, ports)) as [Endpoint, Endpoint];
  if (src.address.length !== dst.address.length) throw new BuildError('expected an address of the same version as the first', text, to.at);
  const version = src.address.length === 4 ? 'ip' : 'ipv6';
  const transport = ports ? name.text : version === 'ip' ? 'icmp' : 'icmpv6';
  return [
    new Given(LAYERS['eth']!, new Map()),
    new Given(LAYERS[version]!, new Map([['src', src.address], ['dst', dst.address]])),
    new Given(LAYERS[transport]!, new Map(ports ? [['srcport', src.port], ['dstport', dst.port]] : [])),
  ];
}

interface Endpoint { readonly address: Uint8Array; readonly port: number }

/** `10.0.0.1:80`, `[2001:db8::1]:80`, or without ports the bare address. */
function endpoint(text: string, word: Word, port: boolean): Endpoint {
  if (!port) return { address: read(text, word, parseIp), port: 0 };
  const found = /^(?:\[(.*)\]|([^:]*)):(\w*)$/d.exec(word.text);
  if (!found) throw new BuildError('expected address:port, as in 10.0.0.1:80 or [2001:db8::1]:80', text, word.at);
  const part = (group: number): Word => ({ text: found[group]!, at: word.at + found.indices![group]![0] });
  const address = found[1] === undefined ? read(text, part(2), parseIp4) : read(text, part(1), parseIp6);
  return { address, port: read(text, part(3), uint(16)) as number };
}
