// error.ts -- what a user sees when a filter expression is refused.

/** A filter expression that cannot be compiled. `message` holds the reason and the excerpt. */
export class FilterError extends Error {
  override readonly name = 'FilterError';
  /** What is wrong, one line. */
  readonly reason: string;
  /** Where, in characters from 1. */
  readonly column: number;
  /** Two lines: the expression, and a caret under the place. */
  readonly excerpt: string;

  constructor(expression: string, column: number, reason: string) {
    // Tabs and line ends would move the caret.
    const excerpt = `${expression.replace(/[\s\p{Cc}]/gu, ' ')}\n${' '.repeat(column - 1)}^`;
    super(`${reason}\n${excerpt}`);
    this.reason = reason;
    this.column = column;
    this.excerpt = excerpt;
  }
}
