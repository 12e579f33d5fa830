// What steps and their links look like. Titles come from people and from imported files: they are set as text, never as markup.
import { Graph, Markup, Shape } from '@antv/x6';

export const HEIGHT = 58;
export const EDGE = 'jm-link';
const STEP = 'jm-step';
const SVG = 'http://www.w3.org/2000/svg';

/** Width of a step with so many ways out. */
export const widthOf = ways => Math.max(210, ways * 78);

// Drawn in a box of 16.
const icons = {
  start: 'M5 3l8 5-8 5z', end: 'M4 4h8v8H4z', if: 'M8 2l6 6-6 6-6-6z', while: 'M13 8a5 5 0 1 1-2-4M11 1v3H8', switch: 'M2 8h4l4-5h4M6 8l4 5h4M6 8h8',
  parallel: 'M8 2v3M3 5h10M3 5v9M8 5v9M13 5v9', playbook: 'M3 2h8a2 2 0 0 1 2 2v10H5a2 2 0 0 1-2-2zM6 6h4M6 9h4', network: 'M8 2l5 2v4c0 3-2 5-5 6-3-1-5-3-5-6V4z',
  people: 'M8 8a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2 14c1-4 11-4 12 0', incident: 'M8 2l6 11H2zM8 6v4M8 11v1', device: 'M2 3h12v8H2zM6 14h4M8 11v3',
  look: 'M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10zM11 11l3 3', flow: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 5v3l2 2', other: 'M6 6a2 2 0 1 1 3 2c-1 0-1 1-1 2M8 12v1',
};

const tones = { good: 'var(--good)', bad: 'var(--bad)', plain: 'var(--edge)' };

const part = (name, className, text) => Object.assign(document.createElement(name), { className, textContent: text });

function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  const path = document.createElementNS(SVG, 'path');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('aria-hidden', 'true');
  path.setAttribute('d', icons[name] ?? icons.other);
  svg.append(path);
  return svg;
}

function html(cell) {
  const step = cell.getData();
  const box = part('div', 'step', '');
  box.setAttribute('role', 'img');
  box.setAttribute('aria-label', [step.title, step.detail, step.sign, step.reason].filter(Boolean).join(' · '));
  Object.assign(box.dataset, { testid: 'node-' + step.step, icon: step.icon, tone: step.tone });
  box.append(icon(step.icon), part('span', 'title', step.title));
  if (step.sign) {
    const sign = part('span', 'sign', step.sign);
    sign.title = step.reason;
    box.append(sign);
  }
  const below = step.tone === 'bad' && step.reason ? step.reason : step.detail;
  if (below) box.append(part('span', 'detail', below));
  box.title = [step.title, step.detail, step.reason].filter(Boolean).join('\n');
  return box;
}

/** Names the shapes; once. */
export function register() {
  // Only what is drawn: texts that the library lays out are measured one by one, which takes seconds with 200 steps.
  Shape.HTML.register({ shape: STEP, width: 210, height: HEIGHT, effect: ['data'], html, markup: [Markup.getForeignObjectMarkup()], attrs: { fo: { refWidth: '100%', refHeight: '100%' } } });
  Graph.registerConnector('jm-curve', curve, true);
  Graph.registerEdge(EDGE, {
    inherit: 'edge', connector: { name: 'jm-curve' }, zIndex: 0,
    attrs: { line: { stroke: tones.plain, strokeWidth: 1.6, targetMarker: { name: 'block', width: 9, height: 7 } } },
  }, true);
}

/** Down in one sweep; back up to a loop around the side. */
function curve(from, to) {
  if (to.y > from.y + 12) {
    const bend = Math.max(24, (to.y - from.y) / 2);
    return `M ${from.x} ${from.y} C ${from.x} ${from.y + bend} ${to.x} ${to.y - bend} ${to.x} ${to.y}`;
  }
  const side = Math.max(from.x, to.x) + 170;
  const middle = (from.y + to.y) / 2;
  return `M ${from.x} ${from.y} C ${from.x} ${from.y + 50} ${side} ${from.y + 50} ${side} ${middle} C ${side} ${to.y - 50} ${to.x} ${to.y - 50} ${to.x} ${to.y}`;
}

const port = way => ({
  id: way.way, group: 'out',
  markup: [{ tagName: 'circle', attrs: { r: 6, magnet: 'true', class: 'way ' + way.tone, 'data-way': way.way }, children: [{ tagName: 'title', textContent: way.label }] },
    ...way.taken ? [] : [{ tagName: 'text', attrs: { class: 'free', y: 10 }, textContent: short(way.label) }]],
});

const short = text => text.length > 18 ? text.slice(0, 17) + '…' : text;

/** A step as the library wants it. */
export const nodeOf = (step, at) => ({
  id: String(step.key), shape: STEP, width: widthOf(step.ways.length), height: HEIGHT, x: at.x, y: at.y, zIndex: 1, data: step,
  ports: { groups: { out: { position: 'bottom' } }, items: step.ways.map(port) },
});

/** Brings a step up to date. */
export function redraw(cell, step) {
  const before = cell.getData();
  if (JSON.stringify(before.ways) !== JSON.stringify(step.ways)) {
    cell.prop('ports/items', step.ways.map(port), { rewrite: true });
    cell.resize(widthOf(step.ways.length), HEIGHT);
  }
  cell.setData(step, { overwrite: true });
}

/** A link as the library wants it. */
export const edgeOf = link => ({
  id: link.id, shape: EDGE, data: link, source: { cell: String(link.from), port: link.way }, target: { cell: String(link.to), anchor: { name: 'top' } },
  attrs: { line: { stroke: tones[link.tone] ?? tones.plain } },
  labels: link.label ? [{ markup: [{ tagName: 'text', attrs: { class: 'name' }, textContent: short(link.label) }], position: .45 }] : [],
});

/** Brings a link up to date: one that is taken away and put in again at once would stay in the picture. */
export function relink(cell, link) {
  const { source, target, attrs, labels } = edgeOf(link);
  cell.setData(link, { overwrite: true });
  cell.setSource(source);
  cell.setTarget(target);
  cell.setAttrs(attrs);
  cell.setLabels(labels);
}
