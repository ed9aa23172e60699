// ip4.ts -- IPv4 with options.

import { DSCP_SHIFT, ECN } from '../../../assembly/wire/ip.ts';
import { IP4, IP4_FRAGMENT, IP4_OPTION } from '../../../assembly/wire/ip4.ts';
import { onesSum } from '../checksum.ts';
import { ChecksumStatus, hex, type LayerReader, Link, type Protocol } from './layer.ts';

export const ip: Protocol = {
  name: 'ip',
  read(h) {
    const version = h.number(IP4.VERSION_IHL, 1) >> 4;
    h.put('ip.version', version);
    if (version !== 4) h.malformed();
    const header = (h.number(IP4.VERSION_IHL, 1) & 0xf) * 4;
    h.put('ip.hdr_len', header);
    if (header < IP4.LEN) h.malformed();
    h.length = header;

    const tos = h.hex('ip.dsfield', IP4.TOS, 1);
    h.put('ip.dsfield.dscp', tos >> DSCP_SHIFT);
    h.put('ip.dsfield.ecn', tos & ECN.MASK);
    const total = h.number(IP4.TOTAL_LENGTH, 2) || h.size; // 0: segmentation was left to the NIC
    h.put('ip.len', total);
    h.hex('ip.id', IP4.IDENTIFICATION, 2);
    const word = h.number(IP4.FLAGS_OFFSET, 2), offset = word & IP4_FRAGMENT.OFFSET;
    h.put('ip.flags', hex(word >> 13, 2));
    h.put('ip.flags.rb', (word & IP4_FRAGMENT.RESERVED) !== 0);
    h.put('ip.flags.df', (word & IP4_FRAGMENT.DF) !== 0);
    h.put('ip.flags.mf', (word & IP4_FRAGMENT.MF) !== 0);
    h.put('ip.frag_offset', offset);
    h.dec('ip.ttl', IP4.TTL, 1);
    const protocol = h.dec('ip.proto', IP4.PROTOCOL, 1);
    h.hex('ip.checksum', IP4.CHECKSUM, 2);
    h.put('ip.checksum.status', status(h, header));
    h.ip4('ip.src', IP4.SRC);
    h.ip4('ip.dst', IP4.DST);
    if (total < header) h.malformed();
    options(h, header);

    h.around.addresses = { src: h.octets(IP4.SRC, 4), dst: h.octets(IP4.DST, 4) };
    h.around.ip = { start: h.start, end: h.start + header };
    h.around.fragment = offset > 0 || (word & IP4_FRAGMENT.MF) !== 0;
    const end = h.start + total;
    return offset > 0 ? h.next('link', Link.DATA, end) : h.next('protocol', protocol, end);
  },
};

function status(h: LayerReader, header: number): ChecksumStatus {
  if (h.captured.length < header) return ChecksumStatus.UNVERIFIED;
  return onesSum(h.octets(0, header)) === 0xffff ? ChecksumStatus.GOOD : ChecksumStatus.BAD;
}

function options(h: LayerReader, header: number): void {
  for (let at: number = IP4.LEN; at < header; ) {
    const type = h.dec('ip.opt.type', at, 1);
    if (type === IP4_OPTION.END) break;
    if (type === IP4_OPTION.NOP) { at++; continue; }
    if (at + 1 >= header) h.malformed();
    const length = h.dec('ip.opt.len', at + 1, 1);
    if (length < 2 || at + length > header) h.malformed();
    h.bytes('ip.opt.data', at + 2, length - 2);
    at += length;
  }
}
