// Writes dist/SOURCE_HASH: the fingerprint of everything that dist/ is built from.
// The server's build script computes the same and warns when dist/ is older than the source.
//
// Algorithm: every regular file below src/, locales/, public/ and scripts/, and the files in FILES,
// by path relative to this package with '/' separators, sorted by the bytes of the path (UTF-8).
// SHA-256 over, for each file: path bytes, one byte 0x00, file bytes, one byte 0x00.
// The result is written as 64 lower-case hex digits and a line feed.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const FOLDERS = ['locales', 'public', 'scripts', 'src'];
export const FILES = ['login.html', 'noc.html', 'package-lock.json', 'package.json', 'portal.html', 'tsconfig.json', 'vite.config.ts'];

/** Relative paths of all inputs, in the order in which they are hashed. */
export function inputs(root) {
  const found = FOLDERS.flatMap((folder) => walk(root, folder));
  return [...found, ...FILES].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

export function sourceHash(root) {
  const hash = createHash('sha256');
  for (const path of inputs(root)) {
    hash.update(path).update('\0').update(readFileSync(`${root}/${path}`)).update('\0');
  }
  return hash.digest('hex');
}

function walk(root, folder) {
  return readdirSync(`${root}/${folder}`, { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? walk(root, path) : entry.isFile() ? [path] : [];
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
  writeFileSync(`${root}/dist/SOURCE_HASH`, `${sourceHash(root)}\n`);
}
