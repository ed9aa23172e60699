// link.ts -- Ethernet, its tags, ARP and MAC control.

import { ARP, ARP_HRD_ETHERNET } from '../../../assembly/wire/arp.ts';
import { ETH, ETH_LENGTH_MAX, ETHERTYPE, ETHERTYPE_MIN } from '../../../assembly/wire/ethernet.ts';
import { MAC_CONTROL_OPCODE, PAUSE, PFC } from '../../../assembly/wire/mac_control.ts';
import { VLAN, VLAN_TCI } from '../../../assembly/wire/vlan.ts';
import { type LayerReader, Link, type Next, type Protocol } from './layer.ts';

export const eth: Protocol = {
  name: 'eth',
  read(h) {
    h.mac('eth.dst', ETH.DST);
    h.mac('eth.src', ETH.SRC);
    const type = h.number(ETH.ETHERTYPE, 2);
    h.length = ETH.LEN;
    if (type > ETH_LENGTH_MAX) h.put('eth.type', `0x${type.toString(16).padStart(4, '0')}`);
    else h.put('eth.len', type);
    return payload(h, type);
  },
};

/** What a type or length field leads to. */
function payload(h: LayerReader, type: number): Next {
  if (type <= ETH_LENGTH_MAX) return h.next('link', Link.DATA, h.start + h.length + type); // LLC
  if (type < ETHERTYPE_MIN) h.malformed();
  return h.next('ethertype', type);
}

/** A tag as Wireshark sees it: from the TCI to the type behind it. */
function tag(name: string, read: (h: LayerReader) => void): Protocol {
  return {
    name,
    read(h) {
      const tci = h.number(0, 2);
      h.put(`${name}.priority`, tci >> VLAN_TCI.PCP_SHIFT);
      h.put(`${name}.dei`, (tci & VLAN_TCI.DEI) !== 0);
      h.put(`${name}.id`, tci & VLAN_TCI.VID);
      read(h);
      h.length = VLAN.LEN;
      return payload(h, h.number(2, 2));
    },
  };
}

/** 802.1Q C-tag. */
export const vlan = tag('vlan', h => {
  if (h.number(2, 2) > ETH_LENGTH_MAX) h.hex('vlan.etype', 2, 2);
  else h.dec('vlan.len', 2, 2);
});

/** 802.1ad S-tag. */
export const ieee8021ad = tag('ieee8021ad', () => {});

export const arp: Protocol = {
  name: 'arp',
  read(h) {
    const hrd = h.dec('arp.hw.type', ARP.HRD, 2);
    const pro = h.hex('arp.proto.type', ARP.PRO, 2);
    const hln = h.dec('arp.hw.size', ARP.HLN, 1);
    const pln = h.dec('arp.proto.size', ARP.PLN, 1);
    h.dec('arp.opcode', ARP.OP, 2);
    h.length = ARP.SHA + 2 * (hln + pln);
    if (hrd !== ARP_HRD_ETHERNET || pro !== ETHERTYPE.IPV4 || hln !== 6 || pln !== 4) return undefined;
    h.mac('arp.src.hw_mac', ARP.SHA);
    h.ip4('arp.src.proto_ipv4', ARP.SPA);
    h.mac('arp.dst.hw_mac', ARP.THA);
    h.ip4('arp.dst.proto_ipv4', ARP.TPA);
    return undefined;
  },
};

/** PAUSE and priority-based flow control. */
export const macc: Protocol = {
  name: 'macc',
  read(h) {
    const opcode = h.hex('macc.opcode', PAUSE.OPCODE, 2);
    if (opcode === MAC_CONTROL_OPCODE.PAUSE) {
      h.length = PAUSE.LEN;
      h.dec('macc.pause_time', PAUSE.TIME, 2);
    } else if (opcode === MAC_CONTROL_OPCODE.PFC) {
      h.length = PFC.LEN;
      const enabled = h.hex('macc.cbfc.enbv', PFC.CLASS_ENABLE_VECTOR, 2);
      for (let c = 0; c < 8; c++) h.put(`macc.cbfc.enbv.c${c}`, enabled >> c & 1);
      for (let c = 0; c < 8; c++) h.dec(`macc.cbfc.pause_time.c${c}`, PFC.TIME + 2 * c, 2);
    }
    return undefined;
  },
};

/** Bytes of a protocol this dissector does not read. */
export const data: Protocol = {
  name: 'data',
  read(h) {
    h.length = h.captured.length;
    h.put('data.len', h.length);
    return undefined;
  },
};
