// dissect.test.ts -- the dissector, judged by tshark field by field.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { dissect, values } from '../src/wire/dissect.ts';
import { summary } from '../src/wire/summary.ts';
import { needs, noProgram, noRecording, shared } from './skip.ts';
import { tsharkFields, writeCapture } from './tshark.ts';


/** Fields compared, by Wireshark's names. */
const FIELDS = `
  eth.dst eth.src eth.type eth.len vlan.priority vlan.dei vlan.id vlan.etype ieee8021ad.priority ieee8021ad.dei ieee8021ad.id
  arp.hw.type arp.proto.type arp.hw.size arp.proto.size arp.opcode arp.src.hw_mac arp.src.proto_ipv4 arp.dst.hw_mac arp.dst.proto_ipv4
  macc.opcode macc.pause_time macc.cbfc.enbv macc.cbfc.enbv.c0 macc.cbfc.enbv.c3 macc.cbfc.enbv.c7 macc.cbfc.pause_time.c0 macc.cbfc.pause_time.c3 macc.cbfc.pause_time.c7
  ip.version ip.hdr_len ip.dsfield ip.dsfield.dscp ip.dsfield.ecn ip.len ip.id ip.flags ip.flags.rb ip.flags.df ip.flags.mf
  ip.frag_offset ip.ttl ip.proto ip.checksum ip.checksum.status ip.src ip.dst ip.opt.type ip.opt.len
  ipv6.version ipv6.tclass ipv6.tclass.dscp ipv6.tclass.ecn ipv6.flow ipv6.plen ipv6.nxt ipv6.hlim ipv6.src ipv6.dst
  ipv6.hopopts.nxt ipv6.hopopts.len ipv6.hopopts.len_oct ipv6.dstopts.nxt ipv6.dstopts.len ipv6.opt.type ipv6.opt.length
  ipv6.routing.nxt ipv6.routing.len ipv6.routing.len_oct ipv6.routing.type ipv6.routing.segleft ipv6.routing.src.addr
  ipv6.routing.srh.last_entry ipv6.routing.srh.flags ipv6.routing.srh.tag ipv6.routing.srh.addr
  ipv6.fraghdr.nxt ipv6.fraghdr.offset ipv6.fraghdr.more ipv6.fraghdr.ident ah.next_header ah.length ah.spi ah.sequence ah.icv
  icmp.type icmp.code icmp.checksum icmp.checksum.status icmp.ident icmp.seq icmp.mtu icmp.redir_gw
  icmp.ext.version icmp.ext.checksum icmp.ext.checksum.status icmp.ext.length icmp.ext.class icmp.ext.ctype icmp.mpls.label icmp.mpls.exp icmp.mpls.s icmp.mpls.ttl
  icmpv6.type icmpv6.code icmpv6.checksum icmpv6.checksum.status icmpv6.mtu icmpv6.pointer icmpv6.echo.identifier icmpv6.echo.sequence_number
  icmpv6.nd.ns.target_address icmpv6.nd.na.target_address icmpv6.nd.na.flag.r icmpv6.nd.na.flag.s icmpv6.nd.na.flag.o
  icmpv6.opt.type icmpv6.opt.length icmpv6.opt.src_linkaddr icmpv6.opt.target_linkaddr icmpv6.opt.mtu icmpv6.opt.prefix icmpv6.opt.prefix.length
  icmpv6.nd.ra.cur_hop_limit icmpv6.nd.ra.flag icmpv6.nd.ra.router_lifetime icmpv6.nd.ra.reachable_time icmpv6.nd.ra.retrans_timer
  udp.srcport udp.dstport udp.length udp.checksum udp.checksum.status sctp.srcport sctp.dstport sctp.verification_tag
  tcp.srcport tcp.dstport tcp.seq_raw tcp.ack_raw tcp.hdr_len tcp.flags tcp.window_size_value tcp.checksum tcp.checksum.status tcp.urgent_pointer tcp.len
  mpls.label mpls.exp mpls.bottom mpls.ttl pweth.cw pweth.cw.sequence_number pwach.channel_type
  vxlan.flags vxlan.flag_i vxlan.gbp vxlan.vni vxlan.reserved8
  geneve.version geneve.flags.oam geneve.flags.critical geneve.proto_type geneve.vni geneve.option.class geneve.option.type geneve.option.type.critical geneve.option.length
  gre.flags_and_version gre.flags.checksum gre.flags.key gre.flags.sequence_number gre.flags.version gre.proto gre.checksum gre.key gre.sequence_number
  infiniband.bth.opcode infiniband.bth.se infiniband.bth.m infiniband.bth.padcnt infiniband.bth.tver infiniband.bth.p_key infiniband.bth.destqp infiniband.bth.a infiniband.bth.psn
  infiniband.reth.va infiniband.reth.r_key infiniband.reth.dmalen infiniband.aeth.syndrome infiniband.aeth.syndrome.opcode infiniband.aeth.syndrome.credit_count infiniband.aeth.syndrome.timer infiniband.aeth.syndrome.error_code infiniband.aeth.msn
  infiniband.atomiceth.swapdt infiniband.atomiceth.cmpdt infiniband.atomicacketh.origremdt infiniband.deth.q_key infiniband.deth.srcqp infiniband.invariant.crc
  esp.spi esp.sequence`.trim().split(/\s+/);

/** Where tshark and we differ, and why that is right. An entry that explains nothing fails the test. */
const DIFFERENCES: readonly { where: RegExp; fields: RegExp; why: string }[] = [
  { where: /^tso_80kB_vxlan/, fields: /^(vxlan\.|eth\.|ip\.|tcp\.|udp\.checksum|line)/, why: 'UDP length 0 of a packet still to be segmented: tshark stops there' },
  { where: /^bad_trunc_eth_header/, fields: /^eth\./, why: 'tshark shows nothing of a cut Ethernet header, we what is there' },
  { where: /^ipv4_options_timestamp_malformed/, fields: /^ip\.opt/, why: 'tshark looks into timestamps and stops at a bad pointer' },
  { where: /^vector#(ip6?_option|srh_tlv|geneve_option)_too_long/, fields: /^(ip\.opt|geneve\.option|udp|eth|line)/, why: 'tshark shows nothing of an option that does not fit and goes on behind it' },
  { where: /^vector#icmp_object_too_long/, fields: /^icmp\.mpls/, why: 'tshark reads the entries of an object that does not fit, we none' },
  { where: /^vector#srh_last_entry/, fields: /^udp\./, why: 'tshark ends at a wrong last entry, we where routers do' },
  { where: /^vector#gre_source_route/, fields: /^gre\.checksum$/, why: 'all behind the first word of a source-routed packet is data to us' },
  { where: /^vector#type_neither/, fields: /^eth\.type$/, why: 'tshark does not show a type that is none' },
  { where: /:infiniband$/, fields: /^infiniband\.invariant\.crc$/, why: 'tshark does not know the opcode of a CNP' },
  { where: /:rpcordma$/, fields: /^infiniband\.invariant\.crc$/, why: 'tshark guesses RPC over RDMA and fails' },
  { where: /^(synth_bier|vector#bier)/, fields: /./, why: 'tshark reads BIER from 4.4 on, and behind MPLS only' },
  { where: /:icmp:ip:tcp/, fields: /^tcp\.seq_raw$/, why: 'tshark calls the sequence number of eight quoted octets relative' },
  { where: /^ipv4_DF_1494/, fields: /^icmp\.ext\./, why: 'told to expect extensions whose place is not stated, tshark sees one in any quote' },
  { where: /^mpls_ttl_labels_trex.*:mpls$/, fields: /^(ip\.|udp\.|line)/, why: 'label 14, OAM alert (RFC 3429): tshark takes what follows for an OAM message' },
];

/** Protocols that are data to us: tshark's fields from inside them are more than ours. */
const UNREAD = /:(pppoes|ppp|ieee8021ah|erspan|gtp|nsh)/;

/** Most frames taken of one capture. */
const FRAMES_MAX = 1500;

/** Frames of test/vectors/frames.txt by name: lines of `name: hex`, continued on indented lines, `#` a comment. */
function vectors(): Map<string, Uint8Array> {
  const text = readFileSync(new URL('vectors/frames.txt', import.meta.url), 'utf8').replace(/#.*$/gm, '');
  return new Map(Array.from(text.matchAll(/^(\w+):((?:.*\n)(?:[ \t].*\n)*)/gm), ([, name, hex]) => [name!, Buffer.from(hex!.replace(/\s/g, ''), 'hex')]));
}

/** Captures of Ethernet in one classic file, in order, and which frame came from where. */
function gather(folder: string, work: string) {
  const files = readdirSync(folder).filter(f => /\.pcap(ng)?$/.test(f)).sort();
  const info = execFileSync('capinfos', ['-T', '-r', '-m', '-E', '-c', '-K', ...files], { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  const parts: string[] = [], origin: string[] = [];
  for (const row of info.trim().split('\n')) {
    const [file = '', link, count = '0'] = row.split(',').map(c => c.replaceAll('"', ''));
    if (link !== 'ether' || Number(count) === 0) continue;
    const frames = Math.min(Number(count), FRAMES_MAX), part = join(work, `${parts.length}.pcap`);
    execFileSync('editcap', ['-F', 'pcap', '-r', join(folder, file), part, `1-${frames}`], { stdio: 'ignore' });
    parts.push(part);
    for (let i = 1; i <= frames; i++) origin.push(`${file}#${i}`);
  }
  const own = vectors(), part = join(work, 'vectors.pcap');
  writeCapture(part, [...own.values()]);
  parts.push(part);
  origin.push(...Array.from(own.keys(), name => `vector#${name}`));
  const all = join(work, 'all.pcap');
  execFileSync('mergecap', ['-a', '-F', 'pcap', '-w', all, ...parts], { stdio: 'ignore' });
  return { all, origin };
}

/** Frames of a little-endian classic capture, such as mergecap writes here. */
function* frames(file: string): Generator<{ bytes: Uint8Array; wire: number }> {
  const b = readFileSync(file);
  for (let at = 24; at < b.length; ) {
    const captured = b.readUInt32LE(at + 8);
    yield { bytes: b.subarray(at + 16, at + 16 + captured), wire: b.readUInt32LE(at + 12) };
    at += 16 + captured;
  }
}

needs(noRecording('pcaps'), noProgram('tshark', 'mergecap'))('tshark reads the same fields', () => {
  const folder = join(shared, 'pcaps');
  const work = mkdtempSync(join(tmpdir(), 'weft-dissect-'));
  try {
    const { all, origin } = gather(folder, work);
    const judged = tsharkFields(all, ['frame.protocols', '_ws.col.Source', '_ws.col.Destination', ...FIELDS]);
    const differences: string[] = [], used = new Set<unknown>();
    let i = 0, compared = 0;
    for (const { bytes, wire } of frames(all)) {
      const [chain = '', from, to, ...theirs] = judged[i]!, layers = dissect(bytes, wire), line = summary(layers);
      const known = (name: string) => {
        const entry = DIFFERENCES.find(d => d.where.test(`${origin[i]} ${chain}`) && d.fields.test(name));
        if (entry) used.add(entry);
        return entry !== undefined;
      };
      if (!UNREAD.test(chain) && `${line.source} ${line.destination}` !== `${from} ${to}` && !known('line'))
        differences.push(`${origin[i]} ${chain}: our line is from ${line.source} to ${line.destination}, tshark's from ${from} to ${to}`);
      FIELDS.forEach((name, f) => {
        const our = values(layers, name).join(',');
        const their = name === 'ip.version' ? (theirs[f] ?? '').replace(/(^|,)6\b/g, '').replace(/^,/, '') : theirs[f] ?? ''; // tshark counts IPv6 in
        compared += Number(our !== '');
        if (our === their || (UNREAD.test(chain) && (our === '' || their.startsWith(our + ',')))) return;
        if (!known(name)) differences.push(`${origin[i]} ${chain} ${name}: ours ${our}, tshark ${their}`);
      });
      i++;
    }
    assert.is(i, origin.length);
    assert.is(differences.length, 0, differences.slice(0, 40).join('\n'));
    assert.equal(DIFFERENCES.filter(d => !used.has(d)).map(d => d.why), [], 'differences that are none');
    assert.ok(compared > 100_000, `${compared} values compared`);
  } finally { rmSync(work, { recursive: true }); }
});

const chain = (frame: Uint8Array, wire?: number) => dissect(frame, wire).map(l => l.note ? `${l.name} [${l.note}]` : l.name).join(' ');

test('vectors: the layers of each frame, and its line', () => {
  const frames = vectors();
  const seen = Array.from(frames, ([name, frame]) => {
    const layers = dissect(frame), { source, destination, protocol, info } = summary(layers);
    return `${name} | ${chain(frame)} | ${source} > ${destination} ${protocol} ${info}`;
  }).join('\n');
  assert.fixture(seen + '\n', readFileSync(new URL('vectors/frames.layers.txt', import.meta.url), 'utf8'));
});

test('a frame cut anywhere is read to the cut: short when the capture cut it, malformed when nothing is missing', () => {
  for (const [name, frame] of vectors()) {
    const whole = dissect(frame);
    if (whole.at(-1)!.note) continue;
    for (let n = 0; n < frame.length; n++) {
      const cut = dissect(frame.subarray(0, n), frame.length);
      cut.forEach((layer, i) => {
        assert.is(layer.name, whole[i]!.name, `${name} cut at ${n}`);
        const { fields } = whole[i]!;
        assert.ok(layer.fields.length <= fields.length, `${name} cut at ${n}`);
      });
      assert.ok(cut.every(l => l.note !== 'malformed'), `${name} cut at ${n}: ${chain(frame.subarray(0, n), frame.length)}`);
    }
  }
  const [frame] = vectors().values();
  assert.is(chain(frame!.subarray(0, 13)), 'eth [malformed]');
  assert.is(chain(frame!.subarray(0, 13), 60), 'eth [short]');
});

test('any bytes at all give layers that lie inside the frame, in order', () => {
  let state = 0x5eed;
  const random = (n: number) => (state = Math.imul(state, 1664525) + 1013904223 >>> 0) % n;
  const seeds = [...vectors().values()];
  for (let run = 0; run < 20_000; run++) {
    let frame = Uint8Array.from({ length: random(160) }, () => random(256));
    if (run & 1) { // a real frame with a few octets overwritten gets further than noise
      frame = Uint8Array.from(seeds[random(seeds.length)]!);
      for (let hits = 1 + random(6); hits > 0; hits--) frame[random(frame.length)] = random(256);
      if (run & 2) frame = frame.subarray(0, random(frame.length + 1));
    }
    const layers = dissect(frame, frame.length + (run & 4 ? random(64) : 0));
    assert.ok(layers.length > 0);
    let at = 0;
    for (const l of layers) {
      assert.ok(l.start >= at && l.length >= 0 && l.start + l.length <= Math.max(frame.length, l.start), `${l.name} at ${l.start}+${l.length} in ${frame.length}`);
      at = l.start;
      assert.ok(l.note === undefined || l === layers.at(-1));
    }
    summary(layers);
  }
});

test('a label stack as deep as a frame is one layer', () => {
  const frame = new Uint8Array(65535);
  frame.set([0x88, 0x47], 12);
  assert.is(chain(frame), 'eth mpls [malformed]');
});

test.run();
