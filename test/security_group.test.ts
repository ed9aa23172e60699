// security_group.test.ts -- security groups end to end: every pair of fifty
// VPCs against what their rules say, spoofed sources, the report of what is
// never used, explanations, and what a file may not say.

import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { explainFrame } from '../src/explain/explain.ts';
import { Network } from '../src/switch/network.ts';
import { loadKernels } from '../src/kernel/load.ts';
import { rules } from '../src/show/tables.ts';
import { ConfigError, SwitchFile } from '../src/switch/file.ts';
import { listRules } from '../src/switch/rules_report.ts';
import { build } from '../src/wire/build.ts';
import { BenchSwitch } from './bench_switch.ts';
import { random } from './wasm.ts';

const N = 50;

test('every pair of fifty VPCs is let through or not as its rules say', () => {
  // VPC i is 10.i.0.0/16 behind VLAN i + 1 of e1; rules are made here and judged here.
  const r = random(1165), allowed = new Map<number, { from: number; port: number }[]>();
  for (let i = 0; i < N; i++) allowed.set(i, Array.from({ length: r() % 6 }, () => ({ from: r() % N, port: [22, 53, 80, 443][r() % 4]! })));
  const b = new BenchSwitch(`
ports:
  e1:
    vlans:
${Array.from({ length: N }, (_, i) => `      "${i + 1}": {address: 10.${i}.0.1/16, security_groups: [vpc${i}], source_guard: [10.${i}.0.0/16]}`).join('\n')}
neighbors:
${Array.from({ length: N }, (_, i) => `  - {address: 10.${i}.0.9, mac: "02:00:00:00:99:01", port: e1.${i + 1}}`).join('\n')}
tags: {${Array.from({ length: N }, (_, i) => `t${i}: {addresses: [10.${i}.0.0/16]}`).join(', ')}}
security_groups:
${Array.from({ length: N }, (_, i) => `  vpc${i}: {stateful: true, rules: [{direction: egress, action: allow}${allowed.get(i)!.map(a => `, {direction: ingress, protocol: tcp, source: t${a.from}, destination_ports: ${a.port}, action: allow}`).join('')}]}`).join('\n')}
`);
  const frame = (i: number, j: number, from: number, port: number) => build(`eth(dst=02:00:00:00:01:01)/vlan(id=${i + 1})/ip(src=10.${from}.0.9,dst=10.${j}.0.9)/tcp(srcport=${1000 + port},dstport=${port})`);
  let passed = 0, id = 0;
  for (let i = 0; i < N; i++)
    for (let j = 0; j < N; j++) {
      if (i === j) continue;
      const ports = [22, 53, 80, 443], { sent, visits } = b.send(ports.map(port => ({ bytes: frame(i, j, i, port), id: ++id })));
      const want = ports.filter(port => allowed.get(j)!.some(a => a.from === i && a.port === port)).length;
      assert.is(sent.length, want, `VPC ${i} to ${j}`);
      assert.ok(visits.filter(v => v.edge === 'drop').every(v => v.drop === 'ACL_DENY'));
      passed += want;
    }
  assert.ok(passed > 50);
  // A source that is not of the VPC goes nowhere, even where its owner might.
  const spoofed = b.send(Array.from({ length: N }, (_, i) => ({ bytes: frame(i, (i + 1) % N, (i + 2) % N, 80), id: ++id })));
  assert.is(spoofed.sent.length, 0);
  assert.is(spoofed.visits.filter(v => v.drop === 'SOURCE_GUARD').length, N);
});

const EXAMPLE = new URL('../examples/security-group.yaml', import.meta.url);

test('rules say how often they were met, and which never', () => {
  const b = new BenchSwitch(readFileSync(EXAMPLE, 'utf8'));
  b.send([80, 22, 8080].map((port, i) => ({ port: 'e1', bytes: build(`eth(dst=02:00:00:00:01:01)/ip(src=10.0.1.9,dst=10.0.2.9)/tcp(srcport=1000,dstport=${port})`), id: i + 1 })));
  const report = rules(b.network), met = listRules(b.network.switches[0]!.built).filter(r => r.packets > 0n);
  assert.equal(met.map(r => [r.group, r.rule, r.direction, r.action, r.packets, r.bytes]), [
    ['web', 1, 'ingress', 'allow', 1n, 40n], ['ops', 2, 'ingress', 'deny', 1n, 40n], ['web ops', 0, 'ingress', 'deny', 1n, 40n],
  ]);
  assert.equal(report.notes, ['5 rules were never met']);
});

test('explain names the rule and its line', async () => {
  const network = new Network(loadKernels(), new SwitchFile('g.yaml', readFileSync(EXAMPLE, 'utf8'))), lines = readFileSync(EXAMPLE, 'utf8').split('\n');
  const say = async (port: number) => {
    const { visits } = await explainFrame(network, 0, build(`eth(dst=02:00:00:00:01:01)/ip(src=10.0.1.9,dst=10.0.2.9)/tcp(srcport=1000,dstport=${port})`));
    return visits.find(v => v.node === 'ip_policy_out')!.matched!;
  };
  const [allowed, denied, none] = [await say(443), await say(22), await say(8080)];
  assert.is(allowed.entry, 'rule 1 of web, allow');
  assert.match(lines[allowed.position!.line - 1]!, '[80, 443]');
  assert.is(denied.entry, 'rule 2 of ops, deny');
  assert.match(lines[denied.position!.line - 1]!, 'action: deny');
  assert.is(none.entry, 'none of web ops matches');
});

const refused = (text: string, message: RegExp) => {
  try { new Network(loadKernels({ memory: 64 * 2 ** 20 }), new SwitchFile('f.yaml', text)); } catch (e) {
    assert.instance(e, ConfigError);
    assert.match((e as Error).message, message);
    return;
  }
  assert.unreachable(`taken: ${text}`);
};
const RULE = (rule: string, rest = '') => `ports: {e1: {address: 10.0.0.1/24, security_groups: [g]}}\nsecurity_groups: {g: {rules: [{direction: ingress, action: allow, ${rule}}]}}\n${rest}`;

test('what a file may not say', () => {
  refused('ports: {e1: {security_groups: [wbe]}}\nsecurity_groups: {web: {rules: []}}', /no security group "wbe", do you mean "web"/);
  refused(RULE('source: 10.0.0.0/33'), /33/);
  refused(RULE('source: here'), /"here" is neither a prefix/);
  refused(RULE('source_ports: 80'), /goes with protocol/);
  refused(RULE('protocol: tcp, source_ports: 80-79'), /80-79 is no range/);
  refused(RULE('protocol: tcp, icmp_type: 3'), /goes with protocol icmp/);
  refused(RULE('source: 10.0.0.0/8, destination: "2001:db8::/32"'), /no family in common/);
  refused(RULE('destination: t', 'tags: {t: {interfaces: [e1]}}'), /has no addresses/);
  refused(RULE('source: t', 'tags: {t: {vnis: [7]}}'), /no vxlan has VNI 7/);
  refused('ports: {e1: {security_groups: [g]}}\nbridges: {b: {ports: [e1]}}\ntags: {t: {interfaces: [e1]}}\nsecurity_groups: {g: {rules: [{direction: ingress, action: allow, source: t}]}}', /no longer know/);
  refused(RULE('policer: p'), /no policer "p"/);
  refused('ports: {e1: }\npolicers: {p: {cir: 1M}}', /cbs or ebs must be more than 0/);
  refused('ports: {e1: }\npolicers: {p: {cir: 2M, cbs: 1kB, pir: 1M, pbs: 1kB}}', /less than cir/);
  refused('ports: {e1: }\npolicers: {p: {cir: 2M, cbs: 1kB, pbs: 1kB}}', /goes with pir/);
});

test.run();
