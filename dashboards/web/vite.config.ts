// Builds three pages (login, noc, portal) into dist/ with stable names: the server serves them
// below /_app/<hash>/, so a changed build changes the address, not the file names.
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vite';

const PAGES = ['login', 'noc', 'portal'];
const API = process.env['LINESMAN_URL'] ?? 'http://127.0.0.1:8080';

/** Pages live at /noc/…, assets at /_app/<hash>/…: the server fills in the base when it serves a page. */
function appBase(): Plugin {
  return {
    name: 'linesman-app-base',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler: (html) => html.replaceAll('="./', '="__APP_BASE__/').replaceAll(' crossorigin', ''),
    },
  };
}

/** Catalogues get names that say what they are: words-zh-noc.js. */
function nameOf(module: string): string | undefined {
  const match = /locales\/(\w+)\/(\w+)\.json$/.exec(module);
  return match === null ? undefined : `words-${match[1]}-${match[2]}`;
}

/** `npm run dev`: /noc/circuits/X is answered by noc.html, as the real server does. */
function devPages(): Plugin {
  return {
    name: 'linesman-dev-pages',
    apply: 'serve',
    configureServer(server) {
      server.middlewares.use((request, _response, next) => {
        const path = (request.url ?? '/').split('?')[0] ?? '/';
        const page = PAGES.find((name) => path === `/${name}` || (path.startsWith(`/${name}/`) && !path.includes('.')));
        if (path === '/') request.url = '/login.html';
        else if (page !== undefined) request.url = `/${page}.html`;
        next();
      });
    },
  };
}

export default defineConfig({
  base: './',
  appType: 'mpa',
  plugins: [svelte(), appBase(), devPages()],
  server: { proxy: { '/api': API } },
  build: {
    target: ['chrome108', 'safari15.4', 'firefox115'],
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rollupOptions: {
      input: PAGES.map((name) => `${name}.html`),
      output: {
        entryFileNames: 'assets/[name].js',
        chunkFileNames: (chunk) => `assets/${nameOf(chunk.facadeModuleId ?? '') ?? '[name]'}.js`,
        assetFileNames: 'assets/[name][extname]',
      },
    },
  },
  worker: {
    format: 'es',
    rollupOptions: { output: { entryFileNames: 'assets/[name].js' } },
  },
  test: { include: ['tests/unit/**/*.test.ts'], environment: 'node' },
} as Parameters<typeof defineConfig>[0]);
