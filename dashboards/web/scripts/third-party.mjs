// Writes dist/THIRD_PARTY.txt: licence texts of every package whose code ends in the bundle, and of
// the fonts. The packages are named here on purpose: a new one must be looked at by a person.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const BUNDLED = ['svelte', 'esm-env', 'clsx'];
const root = fileURLToPath(new URL('..', import.meta.url));

const parts = BUNDLED.map((name) => {
  const folder = `${root}node_modules/${name}`;
  const { version, license } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file === undefined ? `Licence: ${license}` : readFileSync(`${folder}/${file}`, 'utf8').trim();
  return `${name} ${version} (${license})\n\n${text}`;
});
parts.push(readFileSync(`${root}src/assets/fonts/LICENSE.txt`, 'utf8').trim());
writeFileSync(`${root}dist/THIRD_PARTY.txt`, `${parts.join(`\n\n${'-'.repeat(78)}\n\n`)}\n`);
