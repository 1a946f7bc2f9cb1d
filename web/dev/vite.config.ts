import { defineConfig } from 'vite';
import base from '../vite.config.ts';

/** The page on a fixture instead of a server: `vite -c dev/vite.config.ts`. Not part of what ships. */
export default defineConfig({ ...base, root: import.meta.dirname });
