import { cpSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Puts the built page beside the server and says that it is a module, so that `dist/` alone is the whole program. */
const asProgram = (): Plugin => ({
  name: 'busbar:program',
  writeBundle({ dir = at('./dist') }) {
    writeFileSync(join(dir, 'package.json'), '{ "type": "module" }\n');
    const page = at('../web/dist');
    if (existsSync(page)) cpSync(page, join(dir, 'web'), { recursive: true });
  },
});

// A folder that starts without node_modules: every dependency is bundled. What a command does not need, it does not load. All files lie
// beside each other, so that each finds the page in `web`.
export default defineConfig({
  root: at('.'),
  publicDir: false,
  plugins: [asProgram()],
  ssr: { target: 'node', noExternal: true },
  build: {
    ssr: 'src/main.ts',
    outDir: 'dist',
    emptyOutDir: true,
    target: 'node24',
    minify: false,
    sourcemap: false,
    rolldownOptions: { output: { entryFileNames: 'main.js', chunkFileNames: 'part-[name]-[hash].js' } },
  },
});
