// report.ts -- a run folder's page: one file, no script, nothing from a network.

import { formatSeconds, formatShare } from './format.ts';
import { escaped, heatMap, type Line, lines } from './plot.ts';
import type { Result } from './results.ts';
import type { Sample } from './samples.ts';

/** One point of a run: a balance and a seed. */
export interface Observed {
  readonly result: Result;
  readonly stages: readonly string[];
  readonly lines: readonly string[];
  readonly samples: readonly Sample[];
  /** Seconds of each message that is done, ascending. */
  readonly completions: readonly number[];
}

export interface Page {
  readonly title: string;
  /** `leaf-spine, 16 hosts`: what ran, by name. */
  readonly facts: readonly (readonly [string, string])[];
  /** The fabric file. */
  readonly text: string;
  readonly points: readonly Observed[];
}

/** Points whose curves are drawn; the table has all. */
const DRAWN_MAX = 8;
/** Steps of a distribution: more are no finer on a screen. */
const STEPS_MAX = 400;
const STYLE = `body{font:14px/1.45 system-ui,sans-serif;margin:24px auto;max-width:1200px;padding:0 16px;color:#222;background:#fff}
h1{font-size:22px}h2{font-size:17px;margin-top:32px}table{border-collapse:collapse;display:block;overflow-x:auto}td,th{padding:3px 8px;font-size:13px;white-space:nowrap;text-align:right;border-bottom:1px solid #ddd}td:first-child,th:first-child{text-align:left}
dl{display:grid;grid-template-columns:max-content auto;gap:2px 16px}dt{color:#666}dd{margin:0}.row{display:flex;flex-wrap:wrap;gap:12px}figure{margin:0}svg{max-width:100%;height:auto}
svg text{font:11px system-ui,sans-serif;fill:#444}svg .t{font-size:13px;font-weight:600;fill:#222}svg .s{font-size:8px}.g{stroke:#e4e4e4}.l{fill:none;stroke-width:1.6}
figcaption{font-size:12px;padding-left:70px}figcaption span{margin-right:10px;white-space:nowrap}figcaption i{display:inline-block;width:12px;height:10px;margin-right:4px}.k i{margin:0}pre{background:#f6f6f6;padding:12px;overflow:auto}`;

export function renderReport(page: Page): string {
  const drawn = page.points.slice(0, DRAWN_MAX), rest = page.points.length - drawn.length;
  // One scale for all, so that what stands side by side can be compared.
  const longest = Math.max(...drawn.map(end)) || 1;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(page.title)}</title><style>${STYLE}</style></head><body>
<h1>${escaped(page.title)}</h1>
<dl>${page.facts.map(([name, value]) => `<dt>${escaped(name)}</dt><dd>${escaped(value)}</dd>`).join('')}</dl>
<h2>Results</h2>
${resultTable(page.points.map(p => p.result))}
${rest > 0 ? `<p>Curves are of the first ${DRAWN_MAX} of ${page.points.length} runs.</p>` : ''}
<h2>Completion of messages</h2>
${completionPlot(drawn)}
<h2>Use of links</h2>
<div class="row">${drawn.map(p => utilisationPlot(p, longest)).join('\n')}</div>
<div class="row">${drawn.map(p => linkMap(p, longest)).join('\n')}</div>
<h2>Queues and pauses</h2>
<div class="row">${[queuePlot(drawn), pausePlot(drawn), goodputPlot(drawn)].join('\n')}</div>
<h2>The file</h2>
<pre>${escaped(page.text)}</pre>
</body></html>
`;
}

const named = ({ result }: Observed): string => `${result.balance}, seed ${result.seed}`;
const count = (n: number): string => n.toLocaleString('en-US');
const bytes = (n: number): string => (n >= 1e6 ? `${Number((n / 1e6).toPrecision(3))} MB` : n >= 1e3 ? `${Number((n / 1e3).toPrecision(3))} kB` : `${Math.round(n)} B`);
const rate = (n: number): string => (n >= 1e12 ? `${Number((n / 1e12).toPrecision(3))} T` : `${Number((n / 1e9).toPrecision(3))} G`);

const COLUMNS: readonly (readonly [string, (r: Result) => string])[] = [
  ['balance', r => r.balance], ['seed', r => String(r.seed)], ['messages', r => `${count(r.completed)}/${count(r.messages)}`], ['completion', r => formatSeconds(r.completion.max)],
  ['p99', r => formatSeconds(r.completion.p99)], ['p50', r => formatSeconds(r.completion.p50)], ['busiest stage', r => formatShare(r.utilisation.busiestStage)], ['goodput', r => rate(r.goodput)],
  ['latency p99', r => formatSeconds(r.packetLatency.p99)], ['queue max', r => bytes(r.queue.max)], ['PFC frames', r => count(r.pfc.frames)], ['ECN marks', r => count(r.ecnMarks)],
  ['dropped', r => count(Object.values(r.dropped).reduce((a, b) => a + b, 0))], ['resent', r => count(r.resent)], ['reordered', r => formatShare(r.reordered.share)], ['fairness', r => r.fairness.toFixed(3)],
];

function resultTable(results: readonly Result[]): string {
  const row = (tag: string, cells: readonly string[]) => `<tr>${cells.map(c => `<${tag}>${escaped(c)}</${tag}>`).join('')}</tr>`;
  return `<table>${row('th', COLUMNS.map(([title]) => title))}${results.map(r => row('td', COLUMNS.map(([, cell]) => cell(r)))).join('')}</table>`;
}

function completionPlot(points: readonly Observed[]): string {
  const curve = (p: Observed): Line => {
    const n = p.completions.length, step = Math.max(1, Math.ceil(n / STEPS_MAX)), ranks = Array.from({ length: Math.ceil(n / step) }, (_, i) => Math.min(n, (i + 1) * step));
    return { name: named(p), points: [[0, 0], ...ranks.map(r => [p.completions[r - 1]!, r / p.result.messages] as const)] };
  };
  return lines(points.map(curve), { title: 'share of messages that are done within a time', x: formatSeconds, y: formatShare, yMax: 1 }, true);
}

const over = (p: Observed, value: (s: Sample) => number): Line['points'] => p.samples.map(s => [s.start + s.seconds / 2, value(s)] as const);
const end = (p: Observed): number => p.samples.reduce((sum, s) => sum + s.seconds, 0);

function utilisationPlot(p: Observed, xMax: number): string {
  return lines(p.stages.map((name, i) => ({ name, points: over(p, s => s.stages[i]!.mean) })), { title: `${named(p)}: busy share of links, by stage`, x: formatSeconds, y: formatShare, yMax: 1, xMax });
}

function linkMap(p: Observed, total: number): string {
  return heatMap(`${named(p)}: links over time`, p.lines, p.samples.map(s => s.seconds), total, (row, column) => p.samples[column]!.lines[row]!, formatSeconds);
}

function eachPoint(points: readonly Observed[], title: string, y: (n: number) => string, value: (s: Sample) => number): string {
  return lines(points.map(p => ({ name: named(p), points: over(p, value) })), { title, x: formatSeconds, y });
}

const queuePlot = (points: readonly Observed[]): string => eachPoint(points, 'bytes at the port where most wait', bytes, s => s.queueMax);
const pausePlot = (points: readonly Observed[]): string => eachPoint(points, 'share of ports that PFC stopped', formatShare, s => s.paused);
const goodputPlot = (points: readonly Observed[]): string => eachPoint(points, 'payload delivered, bit/s', rate, s => s.delivered * 8 / s.seconds);
