// Browser tests against a running server; see browser.ts for what they need.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: new URL('.', import.meta.url).pathname,
    include: ['*.test.ts'],
    // Vitest gives BASE_URL a meaning of its own inside the tests, so it is handed on by another name.
    env: { LINESMAN_URL: process.env['BASE_URL'] ?? process.env['LINESMAN_URL'] ?? 'http://127.0.0.1:8080' },
    testTimeout: 300_000,
    hookTimeout: 200_000,
    fileParallelism: false,
  },
});
