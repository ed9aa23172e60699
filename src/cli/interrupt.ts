// interrupt.ts -- the first Ctrl-C ends the run in good order, the second at once.

/** A signal that SIGINT or SIGTERM gives. */
export function interruption(): AbortController {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => controller.abort(name));
  return controller;
}

/** Sleep, or less when the signal comes. @returns false then */
export function sleep(milliseconds: number, signal: AbortSignal): Promise<boolean> {
  return new Promise(resolve => {
    if (signal.aborted) return resolve(false);
    const stop = () => { clearTimeout(timer); resolve(false); };
    const timer = setTimeout(() => { signal.removeEventListener('abort', stop); resolve(true); }, milliseconds);
    signal.addEventListener('abort', stop, { once: true });
  });
}
