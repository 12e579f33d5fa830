// Where steps stand that nobody has put anywhere.
import { Graph, layout } from '@dagrejs/dagre';
import { HEIGHT } from './looks.js';

const GAP = 70;
const goesOn = way => way === 'next' || way === 'on_failure';

/** Lays out everything from the top down; what follows a step with branches stands below them. */
export function arrange(graph) {
  const plan = new Graph();
  plan.setGraph({ rankdir: 'TB', nodesep: 40, ranksep: GAP, marginx: 20, marginy: 20 });
  const nodes = graph.getNodes();
  const out = new Map(nodes.map(n => [n.id, []]));
  for (const node of nodes) plan.setNode(node.id, { width: node.size().width, height: HEIGHT });
  for (const edge of graph.getEdges()) {
    const [from, to, way] = [edge.getSourceCellId(), edge.getTargetCellId(), edge.getData().way];
    out.get(from)?.push({ to, way });
    plan.setEdge(from, to, { weight: way === 'next' ? 3 : 1 });
  }
  for (const [owner, ways] of out) {
    const next = ways.find(w => w.way === 'next')?.to;
    if (next) for (const last of lastOf(owner, ways, out, next)) if (!plan.hasEdge(last, next)) plan.setEdge(last, next, { weight: 0 });
  }
  layout(plan);
  for (const node of nodes) {
    const { x, y, width } = plan.node(node.id);
    node.position(Math.round(x - width / 2), Math.round(y - HEIGHT / 2));
  }
}

/** Where the branches of a step come to an end. */
function lastOf(owner, ways, out, next) {
  const seen = new Set([owner, next]);
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

/** Puts one new step below what leads to it, where nothing stands yet. */
export function place(graph, cell) {
  const before = graph.getIncomingEdges(cell)?.[0]?.getSourceCell();
  const others = graph.getNodes().filter(n => n !== cell);
  const box = before?.getBBox() ?? graph.getContentBBox();
  let [x, y] = [box.x + (box.width - cell.size().width) / 2, box.y + box.height + GAP];
  const taken = () => others.some(n => Math.abs(n.position().x - x) < Math.max(n.size().width, cell.size().width) + 10 && Math.abs(n.position().y - y) < HEIGHT + 20);
  for (let i = 0; i < 60 && taken(); i++) x += 40;
  cell.position(Math.round(x), Math.round(y));
}
