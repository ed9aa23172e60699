// diff.ts -- two results side by side: every figure that is not the same.

/** A figure of a run in one result and the other; null: it is not there. */
export interface Difference {
  readonly run: string;
  readonly figure: string;
  readonly a: number | string | null;
  readonly b: number | string | null;
  /** b - a, and that over a; null where they are no numbers, or a is 0. */
  readonly by: number | null;
  readonly share: number | null;
}

type Figure = number | string;
/** What `weft fabric run --json` prints, as far as a comparison reads it. */
export interface ResultDocument { readonly runs: readonly ({ readonly balance: string; readonly seed: number } & object)[] }

export const isResult = (value: unknown): value is ResultDocument =>
  typeof value === 'object' && value !== null && Array.isArray((value as ResultDocument).runs) && (value as ResultDocument).runs.every(r => typeof r?.balance === 'string' && typeof r.seed === 'number');

/** Runs of the same balance and seed are compared; where each has but one run, those two. */
export function diffResults(a: ResultDocument, b: ResultDocument): Difference[] {
  if (a.runs.length === 1 && b.runs.length === 1) return diffRuns(named(a.runs[0]!) === named(b.runs[0]!) ? named(a.runs[0]!) : `${named(a.runs[0]!)} / ${named(b.runs[0]!)}`, figures(a.runs[0]!), figures(b.runs[0]!));
  const byName = (d: ResultDocument) => new Map(d.runs.map(r => [named(r), figures(r)])), left = byName(a), right = byName(b);
  return [...new Set([...left.keys(), ...right.keys()])].flatMap(run => {
    const x = left.get(run), y = right.get(run);
    if (x && y) return diffRuns(run, x, y);
    return [{ run, figure: 'run', a: x ? 'there' : null, b: y ? 'there' : null, by: null, share: null }];
  });
}

const named = (r: { readonly balance: string; readonly seed: number }): string => `${r.balance}, seed ${r.seed}`;

function diffRuns(run: string, a: ReadonlyMap<string, Figure>, b: ReadonlyMap<string, Figure>): Difference[] {
  return [...new Set([...a.keys(), ...b.keys()])].flatMap(figure => {
    // A reason that nothing was dropped for is not listed.
    const none = figure.startsWith('dropped.') ? 0 : null, x = a.get(figure) ?? none, y = b.get(figure) ?? none;
    if (x === y) return [];
    const numbers = typeof x === 'number' && typeof y === 'number';
    return [{ run, figure, a: x, b: y, by: numbers ? y - x : null, share: numbers && x !== 0 ? (y - x) / x : null }];
  });
}

/** Numbers and words of a run by their path: `completion.p99`. */
function figures(value: object, path = ''): Map<string, Figure> {
  const map = new Map<string, Figure>();
  for (const [key, v] of Object.entries(value)) {
    const name = path + key;
    if (typeof v === 'number' || typeof v === 'string') map.set(name, v);
    else if (typeof v === 'object' && v !== null) for (const [inner, figure] of figures(v as object, `${name}.`)) map.set(inner, figure);
  }
  return map;
}
