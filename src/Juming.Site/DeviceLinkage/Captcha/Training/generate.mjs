// Pictures of the npm generators, one JSON line each: {"kind","text","shown","width","height","svg" | "gif"}.
// node generate.mjs SEED KIND=COUNT…      the same seed gives the same pictures.
// "text" is what has to be typed, "shown" what is drawn (they differ for arithmetic).
import { createRequire } from 'node:module';
import { createWriteStream } from 'node:fs';
import crypto from 'node:crypto';

const require = createRequire(import.meta.url);
const [seed, ...orders] = process.argv.slice(2);

// The generators draw from Math.random and crypto.randomBytes; both are replaced before they are loaded.
let state = Number(seed) >>> 0;
function next() {
  state = (state + 0x6d2b79f5) >>> 0;
  let t = state;
  t = Math.imul(t ^ (t >>> 15), t | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return (t ^ (t >>> 14)) >>> 0;
}
Math.random = () => next() / 4294967296;
const nodeCrypto = require('crypto');
nodeCrypto.randomBytes = (size, done) => {
  const bytes = Buffer.from(Array.from({ length: size }, () => next() & 255));
  return done ? done(null, bytes) : bytes;
};
if (crypto.randomBytes !== nodeCrypto.randomBytes) throw new Error('The random source could not be replaced.');

const svg = require('svg-captcha');
const trek = require('trek-captcha');
const { Captcha } = require('captcha.gif');
const pick = (...values) => values[Math.floor(Math.random() * values.length)];

const text = (options) => {
  const drawn = svg.create({ width: 150, height: 50, ...options });
  return { text: drawn.text, shown: drawn.text, width: options.width ?? 150, height: options.height ?? 50, svg: drawn.data };
};
const math = (mathOperator, options = {}) => {
  const min = options.mathMin ?? 1;
  const max = options.mathMax ?? 9;
  const [left, right] = [0, 0].map(() => Math.round(min + Math.random() * (max - min)));
  const sign = mathOperator === '+-' ? pick('+', '-') : mathOperator;
  const shown = `${left}${sign}${right}`;
  const data = svg(shown, { width: 150, height: 50, ...options });
  return { text: String(sign === '+' ? left + right : left - right), shown, width: 150, height: 50, svg: data };
};
const gif = (picture) => ({ text: picture.token, shown: picture.token, width: 200, height: 70, gif: picture.buffer.toString('base64') });

const kinds = {
  'svg4': () => text({ noise: 2, color: true, background: '#f0f0f0' }),
  'svg4-plain': () => text({ noise: 0 }),
  'svg-math': () => math('+', { noise: 1 }),
  'svg-math-minus': () => math('-', { noise: 1 }),
  'trek5-gif': async () => gif(await trek({ size: 5 })),
  'cgif': () => gif(new Captcha().generate(5)),
  // Other settings of the same generators, for training only.
  'svg-any': () => text({
    size: pick(4, 4, 5, 6), noise: pick(0, 1, 2, 3, 4), color: pick(true, false),
    background: pick('', '', '#ffffff', '#cc9966', '#e8f0fe', '#333333'), fontSize: pick(46, 50, 56, 60),
    ignoreChars: pick('', '0oO1ilI'), ...pick({}, { width: 120, height: 40 }, { width: 180, height: 60 }),
  }),
  'svg-math-any': () => math('+-', { noise: pick(0, 1, 2, 3), color: pick(true, false), background: pick('', '#f0f0f0'), mathMin: 0, mathMax: pick(9, 20) }),
  'trek-any': async () => gif(await trek({ size: pick(4, 5, 6) })),
  'cgif-any': () => gif(new Captcha().generate(pick(4, 5, 6))),
};

const out = createWriteStream('/dev/stdout');
for (const order of orders) {
  const [kind, count] = order.split('=');
  if (!kinds[kind]) throw new Error(`There is no kind ${kind}.`);
  for (let i = 0; i < Number(count); i++) {
    const line = JSON.stringify({ kind, ...(await kinds[kind]()) }) + '\n';
    if (!out.write(line)) await new Promise((ready) => out.once('drain', ready));
  }
}
out.end();
