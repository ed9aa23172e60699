// root.ts -- the folder of the package: examples and captures lie there.

import { existsSync } from 'node:fs';

/** From dist/ the folder above, from src/cli the one above that; ends in a slash. */
export const projectRoot: URL = ['../', '../../'].map(up => new URL(up, import.meta.url)).find(url => existsSync(new URL('package.json', url))) ?? new URL('../', import.meta.url);
