// plot.ts -- pictures of a run as SVG: lines over time, steps of a
// distribution, a heat map. Nothing is loaded, nothing runs: they are text.

export interface Line { readonly name: string; readonly points: readonly (readonly [x: number, y: number])[] }
export interface Axes { readonly title: string; readonly x: (value: number) => string; readonly y: (value: number) => string; readonly yMax?: number; readonly xMax?: number }

const WIDTH = 560, HEIGHT = 220, LEFT = 70, RIGHT = 12, TOP = 26, BOTTOM = 34;
const PLOT_W = WIDTH - LEFT - RIGHT, PLOT_H = HEIGHT - TOP - BOTTOM;
/** Told apart by most eyes (Okabe and Ito 2008). */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#444444', '#b8a900'];
/** Shades of a heat map, from nothing to all. */
const SHADES = 16;
const ROW = 7, LABEL = 150;

export const colour = (i: number): string => COLOURS[i % COLOURS.length]!;

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
export const escaped = (text: string): string => text.replace(/[&<>"']/g, c => ESCAPES[c]!);

/** Two decimals: a hundredth of a pixel. */
const px = (n: number): string => String(Math.round(n * 100) / 100);

const text = (x: number, y: number, words: string, anchor: 'start' | 'middle' | 'end' = 'start', kind = ''): string =>
  `<text x="${px(x)}" y="${px(y)}" text-anchor="${anchor}"${kind && ` class="${kind}"`}>${escaped(words)}</text>`;

/** The least 1, 2 or 5 times a power of ten that is not below. */
export function roundUp(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 5, 10].find(n => n * power >= value * (1 - 1e-12)) ?? 10) * power;
}

function frame(title: string, xs: readonly string[], ys: readonly string[]): string {
  const parts = [text(LEFT, 16, title, 'start', 't')];
  ys.forEach((label, i) => {
    const y = TOP + PLOT_H * (1 - i / (ys.length - 1));
    parts.push(`<path class="g" d="M${LEFT} ${px(y)}h${PLOT_W}"/>`, text(LEFT - 6, y + 4, label, 'end'));
  });
  xs.forEach((label, i) => { parts.push(text(LEFT + PLOT_W * i / (xs.length - 1), HEIGHT - BOTTOM + 18, label, i === 0 ? 'start' : i === xs.length - 1 ? 'end' : 'middle')); });
  return parts.join('');
}

/** @param steps a distribution: level until the next point */
export function lines(list: readonly Line[], axes: Axes, steps = false): string {
  const all = list.flatMap(l => l.points), most = (at: 0 | 1) => all.reduce((m, p) => Math.max(m, p[at]), 0);
  const xMax = axes.xMax ?? (most(0) || 1), yMax = axes.yMax ?? roundUp(most(1)), quarters = [0, 1, 2, 3, 4];
  const at = ([x, y]: readonly [number, number]) => [LEFT + PLOT_W * x / xMax, TOP + PLOT_H * (1 - Math.min(y, yMax) / yMax)] as const;
  const paths = list.map(({ name, points }, i) => {
    const d = points.map(p => at(p)).map(([x, y], n) => (n === 0 ? `M${px(x)} ${px(y)}` : steps ? `H${px(x)}V${px(y)}` : `L${px(x)} ${px(y)}`)).join('');
    return `<path class="l" stroke="${colour(i)}" d="${d}"><title>${escaped(name)}</title></path>`;
  });
  const legend = list.map(({ name }, i) => `<span><i style="background:${colour(i)}"></i>${escaped(name)}</span>`).join(' ');
  return `<figure><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="${escaped(axes.title)}">${frame(axes.title, quarters.map(q => axes.x(xMax * q / 4)), quarters.map(q => axes.y(yMax * q / 4)))}${paths.join('')}</svg><figcaption>${legend}</figcaption></figure>`;
}

/**
 * Rows of shares over time. Cells of one shade are one path, so that a large
 * map is a small file.
 * @param columns seconds that each column takes @param total seconds from left to right @param cell share from 0 to 1
 */
export function heatMap(title: string, rows: readonly string[], columns: readonly number[], total: number, cell: (row: number, column: number) => number, x: (value: number) => string): string {
  const width = WIDTH - LABEL - RIGHT, height = TOP + rows.length * ROW + BOTTOM;
  let elapsed = 0;
  const ends = [LABEL, ...columns.map(c => LABEL + width * (elapsed += c) / total)];
  const shades = Array.from({ length: SHADES }, () => '');
  rows.forEach((_, r) => {
    for (let c = 0, from = 0; c < columns.length; c++) {
      const shade = shadeOf(cell(r, c));
      if (c + 1 < columns.length && shadeOf(cell(r, c + 1)) === shade) continue;
      shades[shade] += `M${px(ends[from]!)} ${TOP + r * ROW}H${px(ends[c + 1]!)}v${ROW - 1}H${px(ends[from]!)}z`;
      from = c + 1;
    }
  });
  const every = Math.max(1, Math.ceil(11 / ROW)), labels = rows.map((name, r) => (r % every === 0 ? text(LABEL - 6, TOP + r * ROW + 7, name, 'end', 's') : '')).join('');
  const axis = [0, 1, 2, 3, 4].map(q => text(LABEL + width * q / 4, height - BOTTOM + 18, x(total * q / 4), q === 0 ? 'start' : q === 4 ? 'end' : 'middle')).join('');
  const cells = shades.map((d, i) => (d && `<path fill="${shadeColour(i)}" d="${d}"/>`)).join('');
  const scale = Array.from({ length: SHADES }, (_, i) => `<i style="background:${shadeColour(i)}"></i>`).join('');
  return `<figure><svg viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${escaped(title)}">${text(LABEL, 16, title, 'start', 't')}${cells}${labels}${axis}</svg><figcaption class="k">0 % ${scale} 100 %</figcaption></figure>`;
}

const shadeOf = (share: number): number => Math.max(0, Math.min(SHADES - 1, Math.floor(share * SHADES)));

/** From near white over orange to dark red. */
function shadeColour(i: number): string {
  const t = i / (SHADES - 1), channel = (from: number, middle: number, to: number) => Math.round(t < 0.5 ? from + (middle - from) * t * 2 : middle + (to - middle) * (t * 2 - 1));
  return `rgb(${channel(244, 240, 122)},${channel(244, 150, 10)},${channel(240, 60, 30)})`;
}
