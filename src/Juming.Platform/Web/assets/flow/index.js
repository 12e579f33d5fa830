// A flow of steps on a canvas: draws what it is told, and tells the page what a person wants changed. What becomes of that the page decides and shows.
import { Graph, Selection } from '@antv/x6';
import { EDGE, HEIGHT, edgeOf, nodeOf, redraw, register, relink, widthOf } from './looks.js';
import { arrange, settle } from './layout.js';
import { overview } from './overview.js';
import { keys } from './keys.js';

const KIND = 'text/x-juming-step';
register();

/**
 * Opens a canvas.
 * @param host Element with a stage, a map and buttons [data-do].
 * @param net The page: Choose, Arrange, Link, Drop, Remove, Copy, Paste, TakeBack, DoAgain, Again.
 * @param writable A person may change the flow.
 */
export function open(host, net, writable) {
  const over = new AbortController();
  const stage = host.querySelector('[data-stage]');
  const steps = new Map(), links = new Map();
  let quiet = 0, moved = false, shown = false, copied = false, chosen = null;

  const graph = new Graph({
    container: stage, autoResize: true, virtual: { enabled: true, margin: 200 }, panning: { enabled: true }, scaling: { min: .1, max: 2 }, moveThreshold: 3,
    mousewheel: { enabled: true, modifiers: ['ctrl', 'meta'], factor: 1.1 },
    grid: { size: 10, visible: false },
    interacting: () => ({ nodeMovable: writable, magnetConnectable: writable, edgeMovable: false, edgeLabelMovable: false, arrowheadMovable: false, vertexMovable: false }),
    connecting: {
      allowBlank: false, allowEdge: false, allowLoop: false, highlight: true, connectionPoint: 'anchor', targetAnchor: 'top',
      validateMagnet: () => writable,
      createEdge() { return this.createEdge({ shape: EDGE }); },
      validateConnection: ({ sourceCell, targetCell }) => Boolean(targetCell?.isNode() && sourceCell !== targetCell && targetCell.getData()?.enters),
    },
  });
  graph.use(new Selection({ enabled: true, multiple: true, rubberband: true, movable: writable, modifiers: 'shift', multipleSelectionModifiers: ['ctrl', 'meta', 'shift'], showNodeSelectionBox: false, showEdgeSelectionBox: false }));

  // The page may be away for a moment: what it did not hear is dropped, and it is asked for the truth.
  const tell = (name, ...args) => net.invokeMethodAsync(name, ...args).catch(() => setTimeout(again, 2000));
  const again = () => over.signal.aborted || net.invokeMethodAsync('Again').catch(() => setTimeout(again, 2000));
  const quietly = act => { quiet++; try { act(); } finally { quiet--; } };
  const nodes = () => graph.getNodes();
  const spots = () => nodes().flatMap(n => [Number(n.id), Math.round(n.position().x), Math.round(n.position().y)]);
  const keep = () => writable && tell('Arrange', spots());
  const map = overview(host.querySelector('[data-map]'), graph, over.signal);

  function show(patch) {
    if (patch.whole) { steps.clear(); links.clear(); }
    for (const key of patch.gone) steps.delete(key);
    for (const id of patch.goneEdges) links.delete(id);
    for (const step of patch.nodes) steps.set(step.key, step);
    for (const link of patch.edges) links.set(link.id, link);
    const places = placesOf(patch.laid);
    quietly(() => {
      if (patch.whole) graph.resetCells([...[...steps.values()].map(s => graph.createNode(nodeOf(s, places.get(s.key)))), ...[...links.values()].map(l => graph.createEdge(edgeOf(l)))]);
      else graph.batchUpdate('show', () => update(patch, places));
    });
    map.draw();
    mark();
    if (!shown && steps.size > 0) { shown = true; begin(); }
  }

  function placesOf(laid) {
    const [all, ways] = [[...steps.values()], [...links.values()]];
    if (!laid) return arrange(all, ways);
    // What is being moved stays under the hand; all of it is told when it is let go.
    const places = new Map(all.flatMap(s => {
      const now = graph.getCellById(String(s.key))?.position();
      return s.x !== null && !moved ? [[s.key, { x: s.x, y: s.y }]] : now ? [[s.key, now]] : [];
    }));
    settle(all, ways, places);
    return places;
  }

  function update(patch, places) {
    for (const id of patch.goneEdges) graph.removeEdge(id);
    for (const key of patch.gone) graph.removeNode(String(key));
    for (const step of patch.nodes) {
      const cell = graph.getCellById(String(step.key));
      if (cell) redraw(cell, step);
      else graph.addNode(nodeOf(step, places.get(step.key)));
    }
    for (const node of nodes()) {
      const [to, at] = [places.get(Number(node.id)), node.position()];
      if (to.x !== at.x || to.y !== at.y) node.position(to.x, to.y);
    }
    for (const link of patch.edges) {
      const cell = graph.getCellById(link.id);
      if (cell) relink(cell, link);
      else graph.addEdge(edgeOf(link));
    }
  }

  /** Everything, or what can be read of it from the start on. */
  function begin() {
    graph.zoomToFit({ padding: 24, maxScale: 1, minScale: .5 });
    const all = graph.getContentBBox();
    const view = graph.getGraphArea();
    const first = nodes().reduce((top, n) => n.position().y < top.position().y ? n : top);
    if (all.height > view.height) {
      const { x } = first.getBBox().center;
      graph.centerPoint(x, first.position().y + view.height / 2 - 30);
    }
    map.draw();
  }

  const dress = view => view?.container.classList.toggle('selected', graph.isSelected(view.cell) || (chosen !== null && view.cell.id === String(chosen)));
  const mark = () => graph.getCells().forEach(cell => dress(graph.findViewByCell(cell)));

  function choose(key) {
    chosen = key;
    const cell = key === null ? null : graph.getCellById(String(key));
    if (cell) graph.resetSelection(cell);
    else graph.cleanSelection();
    mark();
    seek();
  }

  /** Brings the chosen step into view; where it is already, nothing moves. */
  function seek() {
    const cell = chosen === null ? null : graph.getCellById(String(chosen));
    if (cell && !graph.getGraphArea().containsRect(cell.getBBox())) { graph.centerCell(cell); map.draw(); }
  }

  const picked = () => graph.getSelectedCells();
  const pickedNodes = () => picked().filter(c => c.isNode()).map(c => Number(c.id));
  const centre = () => graph.getGraphArea().center;
  const acts = {
    in: () => graph.zoom(.15), out: () => graph.zoom(-.15),
    fit: () => graph.zoomToFit({ padding: 24, maxScale: 1 }),
    tidy: () => {
      const places = arrange([...steps.values()], [...links.values()]);
      quietly(() => graph.batchUpdate('tidy', () => { for (const node of nodes()) node.position(places.get(Number(node.id)).x, places.get(Number(node.id)).y); }));
      keep();
      acts.fit();
    },
    undo: () => writable && tell('TakeBack'), redo: () => writable && tell('DoAgain'),
    all: () => graph.select(nodes()),
    copy: () => { const own = pickedNodes(); if (writable && own.length > 0) { copied = true; tell('Copy', own); } },
    paste: () => writable && copied && tell('Paste', Math.round(centre().x), Math.round(centre().y), spots()),
    remove: () => {
      if (!writable || picked().length === 0) return;
      const links = picked().filter(c => c.isEdge()).map(e => ({ from: Number(e.getSourceCellId()), way: e.getData().way }));
      tell('Remove', pickedNodes(), links);
    },
  };
  const act = name => { acts[name]?.(); map.draw(); };

  host.addEventListener('click', event => { const at = event.target.closest('[data-do]'); if (at) act(at.dataset.do); }, { signal: over.signal });
  keys(stage, graph, { act, go: key => tell('Choose', key), signal: over.signal });

  graph.on('node:click', ({ node, e }) => { stage.focus({ preventScroll: true }); if (!e.ctrlKey && !e.metaKey && !e.shiftKey) { chosen = Number(node.id); tell('Choose', chosen); } });
  graph.on('edge:click', () => stage.focus({ preventScroll: true }));
  graph.on('blank:click', () => { stage.focus({ preventScroll: true }); if (chosen !== null) { chosen = null; tell('Choose', -1); } mark(); });
  graph.on('selection:changed', mark);
  graph.on('resize', seek);
  // What comes into view is drawn only then.
  graph.on('view:mounted', ({ view }) => dress(view));
  graph.on('node:change:position', () => { if (quiet === 0) moved = true; map.draw(); });
  graph.on('edge:connected', ({ edge }) => {
    const [from, way, to] = [Number(edge.getSourceCellId()), edge.getSourcePortId(), Number(edge.getTargetCellId())];
    // The page draws it when it stands in the flow.
    quietly(() => graph.removeEdge(edge));
    tell('Link', from, way, to);
  });
  window.addEventListener('pointerup', () => setTimeout(() => { if (moved) { moved = false; keep(); } }), { signal: over.signal });
  window.addEventListener('mouseup', () => setTimeout(() => { if (moved) { moved = false; keep(); } }), { signal: over.signal });

  document.addEventListener('dragstart', event => {
    const from = event.target.closest?.('[data-kind]');
    if (from && event.dataTransfer) { event.dataTransfer.setData(KIND, from.dataset.kind); event.dataTransfer.effectAllowed = 'copy'; }
  }, { signal: over.signal });
  stage.addEventListener('dragover', event => { if (writable && event.dataTransfer?.types.includes(KIND)) { event.preventDefault(); event.dataTransfer.dropEffect = 'copy'; } }, { signal: over.signal });
  stage.addEventListener('drop', event => {
    const kind = event.dataTransfer?.getData(KIND);
    if (!writable || !kind) return;
    event.preventDefault();
    const at = graph.clientToLocal(event.clientX, event.clientY);
    const edge = document.elementsFromPoint(event.clientX, event.clientY).map(e => e.closest('.x6-edge')).find(Boolean);
    const onto = edge && graph.getCellById(edge.dataset.cellId);
    tell('Drop', kind, Math.round(at.x - widthOf(1) / 2), Math.round(at.y - HEIGHT / 2), onto ? Number(onto.getSourceCellId()) : -1, onto ? onto.getData().way : '', spots());
  }, { signal: over.signal });

  return {
    show, choose,
    dispose() { over.abort(); graph.dispose(); },
  };
}
