// Where steps stand that nobody has put anywhere. Works on steps and links as they were told, before anything is drawn.
import { Graph, layout } from '@dagrejs/dagre';
import { HEIGHT, widthOf } from './looks.js';

const GAP = 70;
const goesOn = way => way === 'next' || way === 'on_failure';

/**
 * Lays out everything from the top down; what follows a step with branches stands below them.
 * @returns A map of places by the number of the step.
 */
export function arrange(steps, links) {
  const plan = new Graph();
  plan.setGraph({ rankdir: 'TB', nodesep: 40, ranksep: GAP, marginx: 20, marginy: 20 });
  const out = new Map(steps.map(step => [step.key, []]));
  for (const step of steps) plan.setNode(step.key, { width: widthOf(step.ways.length), height: HEIGHT });
  for (const { from, to, way } of links) {
    out.get(from)?.push({ to, way });
    plan.setEdge(from, to, { weight: way === 'next' ? 3 : 1 });
  }
  for (const [owner, ways] of out) {
    const next = ways.find(w => w.way === 'next')?.to;
    if (next) for (const last of lastOf(owner, ways, out, next)) if (!plan.hasEdge(last, next)) plan.setEdge(last, next, { weight: 0 });
  }
  layout(plan);
  return new Map(steps.map(step => {
    const { x, y, width } = plan.node(step.key);
    return [step.key, { x: Math.round(x - width / 2), y: Math.round(y - HEIGHT / 2) }];
  }));
}

/** Where the branches of a step come to an end. */
function lastOf(owner, ways, out, next) {
  // What comes after the step is no end of its branches, also where a branch leads there.
  const seen = reached(next, out).add(owner);
  const open = ways.filter(w => !goesOn(w.way)).map(w => w.to);
  const last = [];
  while (open.length > 0) {
    const at = open.pop();
    if (seen.has(at)) continue;
    seen.add(at);
    const after = out.get(at) ?? [];
    if (after.every(w => w.to === owner)) last.push(at);
    open.push(...after.map(w => w.to));
  }
  return last;
}

function reached(from, out) {
  const seen = new Set();
  const open = [from];
  while (open.length > 0) {
    const at = open.pop();
    if (seen.has(at)) continue;
    seen.add(at);
    open.push(...(out.get(at) ?? []).map(w => w.to));
  }
  return seen;
}

/** Puts steps that have no place below what leads to them, where nothing stands yet. */
export function settle(steps, links, places) {
  const byKey = new Map(steps.map(step => [step.key, step]));
  const into = new Map();
  for (const link of links) into.set(link.to, [...into.get(link.to) ?? [], link.from]);
  const open = new Set(steps.filter(s => !places.has(s.key)).map(s => s.key));
  while (open.size > 0) {
    const led = key => (into.get(key) ?? []).find(from => places.has(from));
    const key = [...open].find(led) ?? open.values().next().value;
    open.delete(key);
    const before = led(key);
    const above = before === undefined ? lowest(places) : places.get(before);
    const width = widthOf(byKey.get(key).ways.length);
    let x = above.x + (before === undefined ? 0 : (widthOf(byKey.get(before).ways.length) - width) / 2);
    const y = above.y + HEIGHT + GAP;
    const taken = () => [...places].some(([other, at]) => Math.abs(at.x - x) < Math.max(widthOf(byKey.get(other)?.ways.length ?? 1), width) + 10 && Math.abs(at.y - y) < HEIGHT + 20);
    for (let i = 0; i < 60 && taken(); i++) x += 40;
    places.set(key, { x: Math.round(x), y });
  }
}

const lowest = places => [...places.values()].reduce((low, at) => at.y > low.y ? at : low, { x: 0, y: 0 });
