// fabric_explain.ts -- `weft fabric explain`: the run again, with a look at one
// message, one packet or one link.

import { InvalidArgumentError } from 'commander';
import { explainFlow, type FlowStory, type Reordered } from '../fabric/explain/flow.ts';
import type { Hop, Journey, Offer } from '../fabric/explain/journeys.ts';
import { explainLinks, type LinkStory } from '../fabric/explain/link.ts';
import { formatSeconds, formatShare } from '../fabric/format.ts';
import { listPorts, matchPorts } from '../fabric/ports.ts';
import type { RunOptions } from '../fabric/run.ts';
import type { Scenario } from '../fabric/scenario.ts';
import type { BalanceName } from '../fabric/simulation.ts';
import { EXIT, WeftError } from '../kernel/errors.ts';
import type { Kernels } from '../kernel/kernels.ts';
import { bytesText, grouped } from './numbers.ts';
import { table } from './table.ts';
import type { Talk } from './talk.ts';

export interface ExplainFlags { readonly flow?: number; readonly packet?: PacketName; readonly link?: string }
/** From 1; from 0. */
export interface PacketName { readonly flow: number; readonly psn: number }

export function flowName(text: string): number {
  if (!/^[1-9]\d{0,9}$/.test(text)) throw new InvalidArgumentError('Expected the number of a message, from 1, as in flows.csv.');
  return Number(text);
}

export function packetName(text: string): PacketName {
  const [, flow, psn] = /^([1-9]\d{0,9})\/(\d{1,10})$/.exec(text) ?? [];
  if (flow === undefined) throw new InvalidArgumentError('Expected a message and a packet of it, from 0, as in 3/17.');
  return { flow: Number(flow), psn: Number(psn) };
}

/** @returns exit code */
export async function explainFabric(k: Kernels, scenario: Scenario, balance: BalanceName, seed: number, flags: ExplainFlags, options: RunOptions, talk: Talk): Promise<number> {
  const asked = [flags.flow, flags.packet, flags.link].filter(x => x !== undefined);
  if (asked.length !== 1) throw new WeftError(EXIT.usage, 'fabric explain takes one of --flow, --packet and --link', 'weft fabric --help');
  if (flags.link !== undefined) {
    const ports = matchPorts(listPorts(scenario.topology), flags.link);
    if (ports.length === 0) throw new WeftError(EXIT.usage, `"${flags.link}" names no port of this fabric`, 'as in leaf1:e3 or leaf1:*');
    const links = await explainLinks(k, scenario, balance, seed, ports, options);
    if (talk.json) talk.document({ code: EXIT.ok, balance, seed, links });
    else for (const l of links) for (const line of linkLines(l, talk)) talk.out(line);
    return EXIT.ok;
  }
  const flow = flags.flow ?? flags.packet!.flow, { messages, transport } = scenario.model(balance, seed), message = messages[flow - 1];
  if (!message) throw new WeftError(EXIT.usage, `there is no message ${flow}`, `the workload has ${grouped(messages.length)}`);
  const packets = Math.ceil(message.bytes / transport.mtu), psn = flags.packet?.psn;
  if (psn !== undefined && psn >= packets) throw new WeftError(EXIT.usage, `message ${flow} has no packet ${psn}`, packets === 0 ? 'it has none' : `its packets are 0 to ${packets - 1}`);
  const story = await explainFlow(k, scenario, balance, seed, flow - 1, psn, options);
  if (talk.json) talk.document({ code: EXIT.ok, balance, seed, ...story });
  else for (const line of story.packet ? packetLines(story, talk) : flowLines(story, talk)) talk.out(line);
  return EXIT.ok;
}

const time = (picoseconds: number): string => formatSeconds(picoseconds / 1e12);

function* flowLines(s: FlowStory, talk: Talk): Generator<string> {
  const { bold, dim } = talk.colors;
  yield bold(`message ${s.flow}, ${s.from} to ${s.to}: ${grouped(s.bytes)} bytes, ${grouped(s.packets)} packets; ${time(s.start)} to ${s.end === null ? 'no end' : time(s.end)}`);
  yield `  ${grouped(s.sent)} packets went out, ${grouped(s.resent)} of them again; ${grouped(s.dropped)} were lost, ${grouped(s.marked)} marked, ${grouped(s.reordered)} came out of order`;
  yield `  they waited ${time(s.waited)} in switches all together${s.paused > 0 ? `, ${time(s.paused)} of it stopped by PFC` : ''}`;
  for (const c of s.cards.filter(c => c.paused > 0)) yield `  ${c.port} was stopped by PFC ${grouped(c.times)} times, ${time(c.paused)}`;
  yield '';
  const right = (title: string) => ({ title, right: true });
  if (s.ports.length > 0) yield* table([{ title: 'left by' }, ...['packets', 'mean wait', 'longest', 'stopped by PFC'].map(right)], s.ports.map(p => [p.port, grouped(p.packets), time(p.waited / p.packets), time(p.longest), time(p.paused)]), (cell, _, row) => (row < 0 ? dim(cell) : cell));
  for (const j of s.examples.dropped) yield* ['', `lost: ${name(s, j)}`, ...journeyLines(j, talk)];
  for (const r of s.examples.reordered.slice(0, 1)) yield* ['', ...reorderedLines(s, r, talk)];
  for (const j of s.examples.slowest.slice(0, 1)) yield* ['', `slowest: ${name(s, j)}, ${time(j.end!.at - j.sent)} on its way`, ...journeyLines(j, talk)];
}

const name = (s: FlowStory, j: Journey): string => `packet ${s.flow}/${j.psn}`;

function* packetLines(s: FlowStory, talk: Talk): Generator<string> {
  const { journeys, reordered, psn } = s.packet!;
  if (journeys.length === 0) yield `packet ${s.flow}/${psn} of ${s.from} to ${s.to} was not sent before the run ended`;
  for (const j of journeys) yield* [talk.colors.bold(`${name(s, j)}, ${s.from} to ${s.to}${j.again ? ', sent again' : ''}`), ...journeyLines(j, talk)];
  if (reordered) yield* ['', ...reorderedLines(s, reordered, talk)];
}

function* reorderedLines(s: FlowStory, r: Reordered, talk: Talk): Generator<string> {
  const way = (j: Journey) => j.hops.map(h => h.out).join(', '), waited = (j: Journey) => time(j.hops.reduce((sum, h) => sum + (h.waited ?? 0), 0));
  yield `out of order: ${name(s, r.journey)} came behind ${grouped(r.overtakenBy)} later packets, ${r.extent} places late`;
  if (r.journey.again) yield '  it was sent again, after one that was lost';
  yield `  it left by ${way(r.journey)} and waited ${waited(r.journey)}; ${name(s, r.overtaker)} was sent ${time(Math.abs(r.overtaker.sent - r.journey.sent))} ${r.overtaker.sent < r.journey.sent ? 'before' : 'after'} it, left by ${way(r.overtaker)} and waited ${waited(r.overtaker)}`;
  yield* journeyLines(r.journey, talk);
}

function* journeyLines(j: Journey, talk: Talk): Generator<string> {
  const at = (t: number) => talk.colors.dim(time(t).padStart(10));
  yield `${at(j.sent)}  leaves ${j.from}${j.held ? `, which PFC of ${j.heldBy} had stopped for ${time(j.held)}` : ''}`;
  for (const h of j.hops) yield* hopLines(h, at(h.arrived), talk);
  const { end } = j, dropped = end?.how === 'dropped';
  if (!end) yield `${' '.repeat(12)}on its way as the run ended`;
  else yield `${at(end.at)}  ${dropped ? talk.colors.red(`lost at ${end.port}: ${LOSSES[end.reason!] ?? end.reason}`) : `is at ${end.port}`}${dropped && end.buffer ? `, ${bytesText(end.buffer)} in the switch's buffer` : ''}${j.marked && !dropped ? ', marked (CE) on its way' : ''}`;
}

/** SimDrop in words. */
const LOSSES: Readonly<Record<string, string>> = {
  BUFFER_FULL: 'the switch had no buffer left', LINK_DOWN: 'the link was down', LINK_LOSS: 'the link lost it', NO_PATH: 'the switch knew no way', HEADROOM: 'no buffer left although PFC had stopped the sender: too little headroom',
};

function* hopLines(h: Hop, stamp: string, talk: Talk): Generator<string> {
  const pad = ' '.repeat(14);
  yield `${stamp}  ${h.switch} has it from ${h.in}${h.out === undefined ? '' : `, sends it by ${h.out}: ${why(h)}`}`;
  if (h.offers.length > 1 && h.mode !== 'random' && h.mode !== 'round-robin' && h.mode !== 'ecmp')
    yield* h.offers.map(o => `${pad}${o.port === h.out ? talk.colors.bold(o.port) : o.port}  ${bytesText(o.queued)} queued${o.weight === undefined ? '' : `, weight ${formatShare(o.weight / h.offers.reduce((sum, x) => sum + x.weight!, 0))}, queue's factor ${o.factor}/64, earned ${o.credit! + share(o)}`}${o.port === h.out ? ', chosen' : ''}`);
  if (h.waited) yield `${pad}waits ${time(h.waited)} behind ${bytesText(h.ahead!)}${h.paused ? `, ${time(h.paused)} of it stopped by PFC of ${h.pausedBy}` : ''}`;
  else if (h.out !== undefined && h.sent === undefined && h.ahead !== undefined) yield `${pad}waits behind ${bytesText(h.ahead)}`;
}

const share = (o: Offer): number => o.weight! * o.factor!;

function why(h: Hop): string {
  const n = h.offers.length;
  switch (h.mode) {
    case 'attached': return 'its host is there';
    case 'only': return 'the only way';
    case 'ecmp': return `one of ${n} ways by the flow's hash, 0x${h.hash!.toString(16).padStart(8, '0')}, as for all its packets`;
    case 'random': return `one of ${n} ways by lot`;
    case 'round-robin': return `the next of ${n} ways in turn`;
    case 'shortest': return `the shortest queue of ${n} ways`;
    default: return `of ${n} ways the one that had earned most (FARE)`;
  }
}

function* linkLines(l: LinkStory, talk: Talk): Generator<string> {
  const { bold, dim } = talk.colors, stopped = l.stopped.byPriority.flatMap((t, i) => (t > 0 ? [`priority ${i} ${time(t)}`] : []));
  yield bold(`${l.port} > ${l.peer}`);
  yield `  ${grouped(l.packets)} frames, ${bytesText(l.bytes)}, busy ${formatShare(l.busy)} of the run`;
  if (l.queued.packets > 0) yield `  ${grouped(l.queued.packets)} were queued, ${time(l.queued.waited / l.queued.packets)} in the mean and ${time(l.queued.longest)} at most; deepest queue ${bytesText(l.queued.deepest)}`;
  if (l.stopped.times > 0) yield `  PFC of ${l.peer} stopped it ${grouped(l.stopped.times)} times: ${stopped.join(', ')}`;
  if (l.stops > 0) yield `  it stopped ${l.peer} ${grouped(l.stops)} times`;
  for (const [reason, n] of Object.entries(l.dropped)) yield `  ${grouped(n)} packets lost on their way in: ${LOSSES[reason] ?? reason}`;
  if (l.flows.length > 0) {
    yield '';
    const right = (title: string) => ({ title, right: true });
    yield* table([right('message'), { title: 'from' }, { title: 'to' }, right('packets'), right('bytes')], l.flows.map(f => [String(f.flow), f.from, f.to, grouped(f.packets), grouped(f.bytes)]), (cell, _, row) => (row < 0 ? dim(cell) : cell));
  }
  yield '';
}
