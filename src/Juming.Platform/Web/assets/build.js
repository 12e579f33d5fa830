// Builds what pages load from npm packages into wwwroot/lib. Fails where a package's licence is not one that may be shipped, or a script outgrows its budget.
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, '..', '..', 'wwwroot', 'lib');
const shippable = ['MIT', 'Apache-2.0', 'Apache-2.0 WITH LLVM-exception', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'ISC'];

// x6 puts style elements into the page, which the content security policy forbids; what it needs of them stands in the style sheet of the page.
const noStyles = {
  name: 'no-styles',
  setup: hooks => hooks.onLoad({ filter: /@antv\/x6\/.*\/css-loader\/index\.js$/ }, () => ({ contents: 'export const ensure = () => { }; export const clean = () => { };' })),
};

// Kilobytes after Brotli, the form in which they are sent.
const scripts = { flow: 175 };

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const packages = new Set();
for (const [name, budget] of Object.entries(scripts)) {
  const { metafile, outputFiles } = await build({
    entryPoints: [join(here, name, 'index.js')], outfile: join(out, name + '.js'), bundle: true, minify: true, format: 'esm', target: 'es2022',
    legalComments: 'none', plugins: [noStyles], metafile: true, write: false, absWorkingDir: here,
  });
  const script = outputFiles[0].contents;
  const size = brotliCompressSync(script).length / 1024;
  if (size > budget) throw new Error(`${name}.js has ${size.toFixed(0)} KB, more than its ${budget} KB.`);
  writeFileSync(join(out, name + '.js'), script);
  for (const input of Object.keys(metafile.inputs)) {
    const found = /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (found) packages.add(found[1]);
  }
}

const texts = [...packages].sort().map(name => {
  const folder = join(here, 'node_modules', name);
  const about = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  if (!shippable.includes(about.license)) throw new Error(`${name} is under ${about.license}, which is not shipped.`);
  const file = readdirSync(folder).find(entry => /^(licen[cs]e|copying)/i.test(entry));
  if (!file || !existsSync(join(folder, file))) throw new Error(`${name} holds no licence text.`);
  return `${name} ${about.version} (${about.license})\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
});
writeFileSync(join(out, 'LICENSES.txt'), texts.join('\n' + '-'.repeat(80) + '\n\n'));
