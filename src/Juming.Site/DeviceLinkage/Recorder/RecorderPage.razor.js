// The screen of a recording: the newest picture of the console, and the hand of the person before it. It closes its socket when the page is left, and
// that ends the recording.
const WIDTH = 1440, HEIGHT = 900, MOVES_EVERY_MS = 50;
const KEYS = new Set(['Enter', 'Tab', 'Backspace', 'Delete', 'Escape', 'ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End', 'PageUp', 'PageDown']);
const look = new CSSStyleSheet();
look.replaceSync(':host{display:block;position:relative;aspect-ratio:1440/900;background:#20242b;overflow:hidden}canvas,textarea{position:absolute;inset:0;width:100%;height:100%;border:0;padding:0;margin:0}textarea{opacity:0;resize:none;cursor:default;font-size:16px}:host(:focus-within){outline:3px solid #1668dc;outline-offset:1px}:host([data-marking=true]) textarea{cursor:crosshair}');

class RecorderScreen extends HTMLElement {
  connectedCallback() {
    const root = this.shadowRoot ?? this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [look];
    this.canvas = document.createElement('canvas');
    [this.canvas.width, this.canvas.height] = [WIDTH, HEIGHT];
    this.canvas.setAttribute('aria-hidden', 'true');
    // A field of its own takes keys, paste and input methods; it lies over the picture and is never seen.
    this.keys = document.createElement('textarea');
    this.keys.setAttribute('aria-label', this.getAttribute('aria-label') ?? '');
    for (const off of ['autocomplete', 'autocorrect', 'autocapitalize']) this.keys.setAttribute(off, 'off');
    this.keys.spellcheck = false;
    root.replaceChildren(this.canvas, this.keys);
    this.listen();
    this.open();
  }

  disconnectedCallback() {
    this.left = true;
    this.send({ t: 'bye' });
    this.socket?.close();
  }

  open() {
    if (this.left) return;
    const address = new URL(this.getAttribute('src'), location.href);
    address.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
    const socket = this.socket = new WebSocket(address);
    socket.binaryType = 'blob';
    socket.onmessage = async e => {
      const picture = await createImageBitmap(e.data);
      this.canvas.getContext('2d').drawImage(picture, 0, 0, WIDTH, HEIGHT);
      picture.close();
      this.dataset.pictures = (Number(this.dataset.pictures) || 0) + 1;
    };
    // A line that breaks is taken up again; the recording waits a moment for it.
    socket.onclose = e => { if (e.code !== 1000 && !this.left && (this.tries = (this.tries ?? 0) + 1) < 10) setTimeout(() => this.open(), 1000); };
  }

  send(what) { if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(what)); }

  spot(e) {
    const r = this.canvas.getBoundingClientRect();
    return { x: Math.round((e.clientX - r.left) * WIDTH / r.width), y: Math.round((e.clientY - r.top) * HEIGHT / r.height) };
  }

  listen() {
    const keys = this.keys, marking = () => this.dataset.marking === 'true';
    let moved = 0;
    keys.addEventListener('mousemove', e => { const now = performance.now(); if (now - moved >= MOVES_EVERY_MS) { moved = now; this.send({ t: 'move', ...this.spot(e) }); } });
    keys.addEventListener('mousedown', e => { if (e.button === 0) this.send({ t: marking() ? 'mark' : 'down', ...this.spot(e) }); });
    keys.addEventListener('mouseup', e => { if (e.button === 0 && !marking()) this.send({ t: 'up', ...this.spot(e) }); });
    keys.addEventListener('contextmenu', e => e.preventDefault());
    keys.addEventListener('wheel', e => { e.preventDefault(); this.send({ t: 'wheel', dx: e.deltaX, dy: e.deltaY }); }, { passive: false });
    keys.addEventListener('keydown', e => {
      if (e.isComposing) return;
      e.stopPropagation();
      const chosen = (e.ctrlKey || e.metaKey) && /^[az]$/i.test(e.key) ? 'Control+' + e.key.toUpperCase() : null;
      // Shift+Tab leads out of the screen, for those who have no mouse.
      if (!chosen && (e.ctrlKey || e.metaKey || e.altKey || !KEYS.has(e.key) || (e.key === 'Tab' && e.shiftKey))) return;
      e.preventDefault();
      this.send({ t: 'key', v: chosen ?? e.key });
    });
    const say = () => { if (keys.value) this.send({ t: 'text', v: keys.value.slice(0, 4000) }); keys.value = ''; };
    keys.addEventListener('input', e => { if (!e.isComposing) say(); });
    keys.addEventListener('compositionend', say);
  }
}
if (!customElements.get('juming-recorder')) customElements.define('juming-recorder', RecorderScreen);
