// Builds the page into ../page: `npx vite build packages/console/web`. Everything it needs is in there: no other server.
import { defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  build: {
    outDir: '../page',
    emptyOutDir: true,
    target: 'es2022',
    // A policy that forbids inline sources forbids data: URLs as well.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 8000,
  },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  worker: { format: 'es' },
  define: { 'process.env.NODE_ENV': '"production"' },
});
