// errors.ts -- what went wrong, in the classes the command line tells apart.

/** Exit codes of the command line. */
export const EXIT = { ok: 0, failed: 1, usage: 2, input: 3, capability: 4, internal: 5, interrupted: 130 } as const;

/** An error a user can act on. `hint` says how. */
export class WeftError extends Error {
  override name = 'WeftError';
  constructor(readonly code: number, message: string, readonly hint = '') {
    super(message);
  }
}

/** The system's words for an error, without the code, call and path that Node adds. */
export function systemWords(e: unknown): string {
  const { code, message } = e as NodeJS.ErrnoException;
  return message.replace(/^[A-Z0-9]+: /, '').replace(/, \w+.*$/, '') || code || 'an error';
}
