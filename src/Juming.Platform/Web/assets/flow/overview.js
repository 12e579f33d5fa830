// A small picture of the whole, with what is in view; a click goes there.
const SVG = 'http://www.w3.org/2000/svg';

export function overview(svg, graph, signal) {
  let due = false;
  const rect = (box, name) => {
    const drawn = document.createElementNS(SVG, 'rect');
    for (const [key, value] of Object.entries({ x: box.x, y: box.y, width: box.width, height: box.height, class: name })) drawn.setAttribute(key, value);
    return drawn;
  };

  function paint() {
    due = false;
    if (signal.aborted) return;
    const nodes = graph.getNodes();
    const view = graph.getGraphArea();
    const all = nodes.map(n => n.getBBox()).reduce((sum, box) => sum.union(box), view.clone());
    svg.setAttribute('viewBox', `${all.x - 40} ${all.y - 40} ${all.width + 80} ${all.height + 80}`);
    svg.replaceChildren(...nodes.map(n => rect(n.getBBox(), 'spot ' + (n.getData()?.tone ?? ''))), rect(view, 'view'));
  }

  svg.addEventListener('click', event => {
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    graph.centerPoint(at.x, at.y);
    draw();
  }, { signal });
  function draw() {
    if (due) return;
    due = true;
    requestAnimationFrame(paint);
  }
  for (const event of ['translate', 'scale', 'resize']) graph.on(event, draw);
  return { draw };
}
