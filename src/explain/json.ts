// json.ts -- an explanation as the document of --json.

import type { Explanation, Outcome } from './explanation.ts';

export function explanationJson(e: Explanation, code: number): object {
  const { number, port, bytes, summary } = e;
  return {
    code,
    packet: { number: number || null, port, bytes, ...summary },
    visits: e.visits.map(({ switch: sw, branch, node, edge, next, reason, matched, headers, changes }) => ({ branch, switch: sw, node, edge, next: next || null, reason: reason || null, matched: matched ? { ...matched, position: matched.position ?? null } : null, headers, changes })),
    branches: e.branches.map(({ outcome, ...b }, branch) => ({ branch, ...b, outcome: outcomeJson(outcome) })),
    outcome: outcomeJson(e.outcome),
    lost: e.lost,
  };
}

const outcomeJson = ({ because, port, reason, ...o }: Outcome): object => ({ ...o, port: port || null, reason: reason || null, ...(because && { because: because.sentence, source: because.source, remedy: because.remedy }) });
