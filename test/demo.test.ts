// demo.test.ts -- `weft demo`: the capture and the switch that come with weft.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { scratchPath } from './capture_files.ts';
import { needs, noProgram } from './skip.ts';
import { tsharkFields } from './tshark.ts';
import { weft } from './weft.ts';

const root = fileURLToPath(new URL('..', import.meta.url)), capture = join(root, 'pcaps/demo.pcapng');
const demo = ['-r', capture, '-c', join(root, 'examples/demo.yaml')];
const json = <T>(text: string): T => JSON.parse(text) as T;

/** Of what `--json` prints, what is looked at here. */
interface Result { out: Record<string, { packets: number }>; drops: { node: string; reason: string; packets: number }[] }

test('demo: every packet accounted for, every reason explained', () => {
  const { code, out, err } = weft(['demo']);
  assert.equal([code, err], [0, '']);
  assert.match(out, /, 0 unexplained\n/);
  const r = json<Result>(weft(['demo', '--json']).out);
  assert.ok(r.drops.length >= 10 && r.out['wan']!.packets > 900);
  for (const { reason } of r.drops) assert.match(out, new RegExp(`\n  ${reason}: \\w`));
});

test('demo: SRv6 and VXLAN in both directions, and drops of theirs', () => {
  const { sids } = json<{ sids: { sid: string; packets: number }[] }>(weft(['show', 'sids', ...demo, '--json']).out);
  const { policies } = json<{ policies: { name: string; packets: number }[] }>(weft(['show', 'policies', ...demo, '--json']).out);
  assert.equal(Object.fromEntries(sids.map(s => [s.sid, s.packets])), { '5f00:0:1:e::': 179, '5f00:0:1:46::': 300, '5f00:0:1:4::': 120 });
  assert.equal(Object.fromEntries(policies.map(p => [p.name, p.packets])), { 'acme-east': 409, headquarters: 120 });
  const { vxlan: [branch] } = json<{ vxlan: { packetsOut: number; vniPacketsIn: number }[] }>(weft(['show', 'vxlan', ...demo, '--json']).out);
  assert.equal([branch!.packetsOut, branch!.vniPacketsIn], [150, 150]);
  const drops = new Map(json<Result>(weft(['replay', ...demo, '--json']).out).drops.map(d => [`${d.node} ${d.reason}`, d.packets]));
  for (const [drop, packets] of [
    ['ip6_lookup SID_UNKNOWN', 26], ['srv6_local UPPER_LAYER_NOT_ALLOWED', 19], ['srv6_local SRH_SEGMENTS_LEFT', 13], ['ip6_local SRH_NOT_ALLOWED', 6],
    ['srv6_encaps FRAGMENTATION_NEEDED', 15], ['srv6_encaps PACKET_TOO_BIG', 8], ['vxlan_decap VXLAN_UNKNOWN_VNI', 14], ['vxlan_decap VXLAN_UNKNOWN_PEER', 8],
  ] as const) assert.is(drops.get(drop), packets, drop);
});

test('demo ends with one packet in full, as weft explain prints it and the README promises', () => {
  const { out } = weft(['demo']), [, number] = /weft explain .* -n (\d+)\n\n/.exec(out)!;
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  assert.ok(readme.includes(`**Why was packet ${number} dropped?**`) && readme.includes(`npx weft explain -r pcaps/demo.pcapng -c examples/demo.yaml -n ${number}\n`));
  const explained = weft(['explain', ...demo, '-n', number!]).out;
  assert.match(explained, /^packet \d+, in by wan, .*5f00:0:1:e::.*End psp.*dropped by srv6_local: UPPER_LAYER_NOT_ALLOWED\n/s);
  const bare = (text: string) => text.replaceAll(root, '');
  assert.ok(bare(out).endsWith(`\n\n${bare(explained)}`));
});

needs(noProgram('tshark'))('tshark finds nothing wrong in the demo\'s capture but the seven checksums meant to be, and nothing in what leaves', () => {
  const output = scratchPath('demo-out.pcapng');
  assert.is(weft(['replay', ...demo, '-w', output]).code, 0);
  // What ICMP quotes is cut, so that no checksum fits it: its own is judged.
  const faults = (file: string) => tsharkFields(file, ['_ws.malformed', 'ip.checksum.status', 'tcp.checksum.status', 'udp.checksum.status', 'icmp.checksum.status', 'icmpv6.checksum.status'])
    .filter(([malformed, ip, tcp, udp, icmp, icmp6]) => malformed || [ip, icmp, icmp6, ...(icmp || icmp6 ? [] : [tcp, udp])].some(s => s?.split(',').includes('0'))).length;
  assert.equal([faults(capture), faults(output)], [7, 0]);
});

test('the shipped captures are what the generator makes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'weft-pcaps-'));
  try {
    const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', 'scripts/make_pcaps.ts', folder], { cwd: root, encoding: 'utf8' });
    assert.is(status, 0, stderr);
    const shipped = readFileSync(capture);
    assert.ok(readFileSync(join(folder, 'demo.pcapng')).equals(shipped) && shipped.length < 1_000_000);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.run();
