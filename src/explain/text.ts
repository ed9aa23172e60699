// text.ts -- an explanation for people.
//
//   packet 3, in by e1, 98 bytes: 10.0.1.5 → 10.9.0.1 UDP 1 > 2 Len=8
//
//   ip4_lookup DROP NO_ROUTE
//     FIB of VRF default: no prefix covers 10.9.0.1
//
//   dropped by ip4_lookup: NO_ROUTE
//     why     no route covers the destination
//     rule    RFC 1812 5.2.7.1
//     to pass add a route, or a default route

import { catalog } from '../graph/catalog.ts';
import { formatPosition, type Position } from '../switch/file.ts';
import type { ExplainedBranch, ExplainedVisit, Explanation, Outcome } from './explanation.ts';
import type { Match } from './matches.ts';

type Paint = (text: string) => string;
export interface Paints { readonly bold: Paint; readonly dim: Paint; readonly red: Paint; readonly green: Paint; readonly yellow: Paint; readonly cyan: Paint }

/** Most rows of hex shown for a visit. */
const ROWS_MAX = 8;
const BORN: Readonly<Record<string, string>> = { copy: 'a copy', made: 'made here', released: 'had been held' };

/**
 * Lines of an explanation.
 * @param many   the network has several switches: nodes are named with theirs
 * @param source text of a line of a file, undefined where it cannot be read
 */
export function explanationText(e: Explanation, many: boolean, source: (p: Position) => string | undefined, paint: Paints): string[] {
  const name = (sw: string, node: string) => (many && sw ? `${sw}:${node}` : node);
  const lines = [heading(e, paint), ''], excerpt = unrepeated(source);
  e.visits.forEach((v, i) => {
    const branch = e.branches[v.branch]!, pad = '  '.repeat(depth(e, branch) + 1), first = e.visits.findIndex(o => o.branch === v.branch) === i;
    if (first && branch.kind !== 'packet') lines.push(`${pad}${paint.yellow(`+ ${BORN[branch.kind]}, ${branch.bytes} bytes:`)} ${sentence(branch)}`);
    lines.push(...visitLines(v, name(v.switch, v.node), excerpt, paint).map(l => pad + l));
    if (e.visits[i + 1]?.branch !== v.branch && branch.kind !== 'packet' && lastOf(e, v.branch) === i) lines.push(`${pad}${outcomeLine(branch.outcome, name, paint)}`);
  });
  if (e.visits.length > 0) lines.push('');
  lines.push(outcomeLine(e.outcome, name, paint), ...because(e.outcome, paint));
  if (e.lost > 0) lines.push(paint.yellow(`${e.lost} more visits found no room in the trace`));
  return lines;
}

/** The same line twice in a row says nothing. */
function unrepeated(source: (p: Position) => string | undefined): typeof source {
  let last = '';
  return p => {
    const key = `${p.file}:${p.line}`, again = key === last;
    last = key;
    return again ? undefined : source(p);
  };
}

const depth = (e: Explanation, b: ExplainedBranch): number => (b.parent < 0 ? 0 : depth(e, e.branches[b.parent]!) + 1);
const lastOf = (e: Explanation, branch: number): number => e.visits.findLastIndex(v => v.branch === branch);
const sentence = ({ summary: { source, destination, protocol, info } }: Pick<ExplainedBranch, 'summary'>): string => `${source} → ${destination} ${protocol} ${info}`.trim();

function heading({ number, port, bytes, summary }: Explanation, { bold }: Paints): string {
  const what = bold(number > 0 ? `packet ${number}` : 'the packet');
  return summary ? `${what}, in by ${port}, ${bytes} bytes: ${sentence({ summary })}` : what;
}

function visitLines(v: ExplainedVisit, node: string, source: (p: Position) => string | undefined, paint: Paints): string[] {
  const where = v.reason ? paint.red(`DROP ${v.reason}`) : v.next ? `-> ${v.edge in catalog ? v.next : `${v.edge} (${v.next})`}` : v.edge && paint.green(v.edge);
  const rows = v.rows.length > ROWS_MAX ? [...v.rows.slice(0, ROWS_MAX), `... ${v.rows.length - ROWS_MAX} more rows`] : v.rows;
  return [
    `${paint.cyan(node)} ${where}`.trimEnd(),
    ...(v.matched ? matchLines(v.matched, source, paint) : []),
    ...v.headers.map(h => `    ${h}`),
    ...rows.map(r => paint.dim(`    ${r}`)),
  ];
}

function matchLines({ table, entry, position }: Match, source: (p: Position) => string | undefined, { dim }: Paints): string[] {
  if (!position) return [`    ${table}: ${entry}`];
  const text = source(position);
  return [`    ${table}: ${entry}  ${dim(formatPosition(position))}`, ...(text === undefined ? [] : [dim(`    ${String(position.line).padStart(5)} | ${text}`)])];
}

function outcomeLine(o: Outcome, name: (sw: string, node: string) => string, { green, red, yellow }: Paints): string {
  const at = name(o.switch, o.node);
  if (o.end === 'out') return `${green('left')} by port ${o.port} as ${o.bytes} bytes`;
  if (o.end === 'dropped') return `${red('dropped')} by ${at}: ${o.reason}`;
  if (o.end === 'consumed') return `${green('consumed')}: ${at} took it in, it was for this switch`;
  return o.end === 'held' ? `${yellow('held')} by ${at} at the end of its burst: it waits for the MAC of its next hop` : `${yellow('lost sight of')} behind ${at}`;
}

function because({ because }: Outcome, { dim }: Paints): string[] {
  if (!because) return [];
  const { sentence, source, remedy } = because;
  return [`  ${dim('why    ')} ${sentence}`, ...(source ? [`  ${dim('rule   ')} ${source}`] : []), `  ${dim('to pass')} ${remedy}`];
}
