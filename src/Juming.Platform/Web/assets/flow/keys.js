// The canvas by keyboard: arrows go from step to step, the rest is what the buttons do.
const ctrl = { z: 'undo', y: 'redo', Z: 'redo', c: 'copy', v: 'paste', a: 'all' };
const plain = { Delete: 'remove', Backspace: 'remove', '+': 'in', '=': 'in', '-': 'out', 0: 'fit' };
const ways = { ArrowDown: [0, 1], ArrowUp: [0, -1], ArrowRight: [1, 0], ArrowLeft: [-1, 0] };

export function keys(stage, graph, { act, go, signal }) {
  stage.addEventListener('keydown', event => {
    if (event.isComposing || event.altKey) return;
    const held = event.ctrlKey || event.metaKey;
    const name = held ? ctrl[event.key] : plain[event.key];
    const to = held || event.shiftKey ? null : ways[event.key];
    if (name) act(name);
    else if (to) step(to);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }, { signal });

  /** The nearest step that way; from nothing, the first. */
  function step([right, down]) {
    const nodes = graph.getNodes();
    const from = graph.getSelectedCells().find(c => c.isNode())?.getBBox().center;
    const far = node => {
      const at = node.getBBox().center;
      if (!from) return at.y;
      const [x, y] = [at.x - from.x, at.y - from.y];
      const ahead = right * x + down * y;
      return ahead <= 4 ? Infinity : ahead + 2 * Math.abs(right ? y : x);
    };
    const next = nodes.map(node => ({ node, far: far(node) })).filter(n => n.far < Infinity).sort((a, b) => a.far - b.far)[0];
    if (next) go(Number(next.node.id));
  }
}
