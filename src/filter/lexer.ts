// lexer.ts -- a filter expression cut into tokens; the longest match wins, so
// `tcp-syn` is one word and `len-5` a name, as in libpcap.

import { parseIp4, parseIp6, parseMac } from './address.ts';
import { FilterError } from './error.ts';
import { CONSTANTS, UNSUPPORTED, WORDS } from './names.ts';

/** `at` is the column, from 1; `text` is the source. */
export type Token = { readonly at: number; readonly text: string } & (
  | { readonly is: 'number'; readonly value: number }
  /** Two to four bytes of an IPv4 address, zeros behind; `bits` were written. */
  | { readonly is: 'ip4'; readonly address: number; readonly bits: number }
  /** Four words. */
  | { readonly is: 'ip6'; readonly words: readonly number[] }
  /** Six bytes. */
  | { readonly is: 'mac'; readonly bytes: readonly number[] }
  /** A word that is none of the language's, or any word behind a backslash. */
  | { readonly is: 'name' }
  /** A word of the language, an operator, or '' at the end. */
  | { readonly is: 'word' });

/** Operators with two spellings. */
const SPELLINGS = new Map([['&&', 'and'], ['||', 'or'], ['!', 'not'], ['==', '=']]);

const SPACE = /\s*/y, COLONS = /[\dA-Fa-f]*:[\dA-Fa-f:.]*/y, WORD = /[A-Za-z0-9](?:[-_.A-Za-z0-9]*[.A-Za-z0-9])?/y;
const ESCAPED = /\\[^ !()\n\t]+/y, OPERATOR = /&&|\|\||[<>!=]=|<<|>>|[-+*/%:[\]!<>()&|^=]/y;

/**
 * @returns the tokens of `text`, an empty word last
 * @throws FilterError on a character, number or address that is none, and on words that weft does not support
 */
export function tokens(text: string): Token[] {
  const out: Token[] = [];
  let position = 0;
  const match = (pattern: RegExp): string => {
    pattern.lastIndex = position;
    return pattern.exec(text)?.[0] ?? '';
  };
  for (;;) {
    position += match(SPACE).length;
    const at = position + 1;
    if (position >= text.length) {
      out.push({ is: 'word', at, text: '' });
      return out;
    }
    const refuse = (reason: string): never => { throw new FilterError(text, at, reason); };
    const escaped = match(ESCAPED), colons = match(COLONS), word = match(WORD), operator = match(OPERATOR);
    const address = colons.length > word.length ? colonAddress(at, colons) : undefined;
    const token: Token = escaped ? { is: 'name', at, text: escaped.slice(1) }
      : address ?? (word ? classify(at, word, refuse)
        : operator ? { is: 'word', at, text: SPELLINGS.get(operator) ?? operator }
          : refuse(`unexpected ${JSON.stringify(String.fromCodePoint(text.codePointAt(position)!))}`));
    if (!address && /:.*:/.test(colons)) refuse(`'${colons}' is neither a MAC nor an IPv6 address`);
    out.push(token);
    position += escaped ? escaped.length : address ? colons.length : word ? word.length : operator.length;
  }
}

/** `tcp[4:2]` has a colon too: what is no address is left to the other rules. */
function colonAddress(at: number, text: string): Token | undefined {
  const bytes = parseMac(text), words = parseIp6(text);
  return bytes ? { is: 'mac', at, text, bytes } : words ? { is: 'ip6', at, text, words } : undefined;
}

function classify(at: number, text: string, refuse: (reason: string) => never): Token {
  if (WORDS.has(text)) return { is: 'word', at, text: text === 'length' ? 'len' : text === 'link' ? 'ether' : text };
  if (UNSUPPORTED.has(text)) return refuse(`the word '${text}' of pcap-filter is not supported`);
  const constant = CONSTANTS.get(text);
  if (constant !== undefined) return { is: 'number', at, text, value: constant };
  const bytes = parseMac(text);
  if (bytes) return { is: 'mac', at, text, bytes };
  if (/^(?:\d+|0x[\da-f]+)$/i.test(text)) return { is: 'number', at, text, value: integer(text, refuse) };
  if (/^\d+(?:\.\d+){1,3}$/.test(text)) {
    const ip4 = parseIp4(text) ?? refuse(`'${text}' is no IPv4 address: a part exceeds 255`);
    return { is: 'ip4', at, text, ...ip4 };
  }
  return { is: 'name', at, text };
}

/** C's notations: 0x10, 020 and 16 are the same number. */
function integer(text: string, refuse: (reason: string) => never): number {
  const octal = /^0\d/.test(text);
  if (octal && /[89]/.test(text)) refuse(`'${text}' begins with 0, so it is octal, and has a digit above 7`);
  const value = octal ? Number.parseInt(text, 8) : Number(text);
  return value <= 0xffffffff ? value : refuse(`${text} does not fit 32 bits`);
}
