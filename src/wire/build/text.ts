// text.ts -- the grammar of packet descriptions.
//
//   packet = layer *( "/" layer ) / short
//   layer  = name [ "(" [ field *( "," field ) ] ")" ]
//   field  = name "=" value                      a value runs to "," or ")"
//   short  = name endpoint ">" endpoint          tcp 10.0.0.1:1234 > 10.1.0.2:80

/** A word and where it stands. */
export interface Word { readonly text: string; readonly at: number }

export interface FieldText { readonly name: Word; readonly value: Word }

export interface LayerText { readonly name: Word; readonly fields: readonly FieldText[] }

/** A description that cannot be built. The message has three lines: what is wrong, the text, a caret under the place. */
export class BuildError extends Error {
  override name = 'BuildError';
  /** Column of the fault, from 1. */
  readonly column: number;
  constructor(what: string, text: string, at: number) {
    super(`column ${at + 1}: ${what}\n  ${text}\n  ${' '.repeat(at)}^`);
    this.column = at + 1;
  }
}

/** Whether `text` is of the short form. */
export function isShort(text: string): boolean {
  return text.includes('>');
}

/** `name from > to`, as words. */
export function readShort(text: string): { name: Word; from: Word; to: Word } {
  const found = /^\s*([a-z0-9]+)\s+(\S+)\s*>\s*(\S+)\s*$/d.exec(text);
  if (!found) throw new BuildError('expected PROTOCOL FROM > TO, as in tcp 10.0.0.1:1234 > 10.1.0.2:80', text, 0);
  const word = (group: number): Word => ({ text: found[group]!, at: found.indices![group]![0] });
  return { name: word(1), from: word(2), to: word(3) };
}

/** Layers, outermost first. */
export function readLayers(text: string): LayerText[] {
  let at = 0;
  const skip = () => { while (text[at] === ' ') at++; };
  const word = (pattern: RegExp, expected: string): Word => {
    skip();
    const found = new RegExp(pattern.source, 'y');
    found.lastIndex = at;
    const match = found.exec(text)?.[0].trimEnd();
    if (!match) throw new BuildError(`expected ${expected}`, text, at);
    const out = { text: match, at };
    at += match.length;
    return out;
  };
  const take = (mark: string): boolean => {
    skip();
    if (text[at] !== mark) return false;
    at++;
    return true;
  };

  const layers: LayerText[] = [];
  do {
    const name = word(/\w+/, 'the name of a layer'), fields: FieldText[] = [];
    if (take('(') && !take(')')) {
      do {
        const field = word(/\w+/, 'the name of a field');
        if (!take('=')) throw new BuildError(`expected = behind ${field.text}`, text, at);
        fields.push({ name: field, value: word(/[^,()]+/, `a value for ${field.text}`) });
      } while (take(','));
      if (!take(')')) throw new BuildError('expected , or )', text, at);
    }
    layers.push({ name, fields });
  } while (take('/'));
  if (at < text.length) throw new BuildError('expected / or the end', text, at);
  return layers;
}
