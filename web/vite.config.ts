import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// What changes with every release stays apart from what does not, so that a new version reloads little.
const VENDORS = [
  { name: 'cytoscape', test: /node_modules[\\/]cytoscape/ },
  { name: 'mantine', test: /node_modules[\\/]@mantine/ },
  { name: 'react', test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/ },
];

const API = process.env['BUSBAR_API'] ?? 'http://127.0.0.1:8080';

export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [react()],
  // `vite` alone serves the page from source with hot reload; the API is that of a running busbar.
  server: { host: '127.0.0.1', proxy: { '/api': API, '/healthz': API, '/readyz': API } },
  worker: { format: 'es' },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    // The strict CSP allows no data: scripts and the page needs no inlined assets.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
    rolldownOptions: { output: { codeSplitting: { groups: VENDORS } } },
  },
});
