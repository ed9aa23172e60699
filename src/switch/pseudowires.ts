// pseudowires.ts -- Ethernet pseudowires (RFC 4448): bridge members whose
// frames travel under a label each way.

import { LabelFlag, LabelOp, LabelPayload } from '../../assembly/abi/mpls.ts';
import { Iface, IfaceKind } from '../../assembly/abi/port.ts';
import { type Builder, defaultMac, type Interface } from './builder.ts';
import type { PseudowireConfig } from './config.ts';
import { pushHop } from './label_stack.ts';
import { addLabel, ownLabel } from './mpls.ts';

/** The frames' own limit is none: what counts is the MTU of the link under the labels. */
const MTU = 65521;

const entries = (b: Builder): [string, PseudowireConfig][] => Object.entries(b.config.pseudowires ?? {});

export function declarePseudowires(b: Builder): void {
  for (const [name, config] of entries(b)) {
    const path = ['pseudowires', name], listed = b.memberOf(name);
    if (b.interfaces.some(i => i.name === name)) b.fault(path, `there is an interface ${name} already`, true);
    if (listed !== undefined && config.bridge !== undefined) b.fault([...path, 'bridge'], `${name} is in bridge ${[...b.bridges.keys()][listed]} already`);
    const domain = listed ?? (config.bridge === undefined ? undefined : b.bridge(config.bridge, [...path, 'bridge']));
    if (domain === undefined && config.bridge === undefined) b.fault(path, 'is in no bridge: name one with `bridge`', true);
    // It has no MAC: its frames are other stations'.
    b.addInterface({ name, path, kind: IfaceKind.BRIDGE, domain: domain ?? 0, port: -1, mac: defaultMac(b.number, 0), mtu: MTU, tags: [], addresses: [], flags: 0, horizon: config.horizon ?? 0 });
  }
}

export function buildPseudowires(b: Builder): void {
  for (const [name, config] of entries(b)) build(b, name, config, b.interfaces.find(i => i.name === name)!);
}

function build(b: Builder, name: string, config: PseudowireConfig, iface: Interface): void {
  const path = ['pseudowires', name], { label_in: label, labels_out: labels, via, port, entropy, tc } = config;
  const word = config.control_word === false ? 0 : LabelFlag.CONTROL_WORD;
  const hop = pushHop(b, { labels, via, port, entropy, tc }, path, 'labels_out', LabelFlag.ETHERNET | word);
  if (hop !== undefined) b.k.view.setUint32(iface.at + Iface.HOP, hop, true);
  if (ownLabel(b, label, [...path, 'label_in']))
    addLabel(b, { label, does: 'pseudowire', to: name, op: LabelOp.POP, payload: LabelPayload.ETHERNET, flags: word, target: iface.at }, [...path, 'label_in']);
}
