// The little that the console does in the browser: theme, menu, command palette, keys, and recovery when the server was restarted.
const root = document.documentElement;
const byId = id => document.getElementById(id);
const go = href => window.Blazor?.navigateTo ? window.Blazor.navigateTo(href) : location.assign(href);

const acts = {
  theme() {
    root.dataset.theme = root.dataset.theme === 'dark' ? 'light' : 'dark';
    localStorage.setItem('jm-theme', root.dataset.theme);
  },
  menu() { document.querySelector('.side')?.classList.toggle('shown'); },
  copy(at) {
    navigator.clipboard?.writeText(at.dataset.text ?? '').then(() => {
      if (!at.dataset.done || at.dataset.was) return;
      at.dataset.was = at.textContent;
      at.textContent = at.dataset.done;
      setTimeout(() => { at.textContent = at.dataset.was; delete at.dataset.was; }, 2000);
    }, () => { });
  },
  palette() { openPalette(); },
  keys() { openKeys(); },
  'keys-off'(at) { localStorage.setItem('jm-keys-off', at.checked ? '1' : ''); },
};

document.addEventListener('click', event => {
  const at = event.target.closest('[data-act]');
  if (at) acts[at.dataset.act]?.(at);
  if (event.target.closest('.side a')) document.querySelector('.side')?.classList.remove('shown');
  const option = event.target.closest('#palette [role=option]');
  if (option) take(option);
  // A click on the backdrop lands on the dialog itself.
  if (event.target.matches?.('dialog.palette')) event.target.close();
});

// --- command palette -------------------------------------------------------------------------------------------------
const shown = () => [...byId('palette').querySelectorAll('[role=option]:not([hidden])')];

function openPalette() {
  const palette = byId('palette');
  if (!palette || palette.open) return;
  byId('keys')?.close();
  palette.showModal();
  const input = palette.querySelector('input');
  input.value = '';
  narrow('');
  input.focus();
}

function narrow(typed) {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  for (const option of byId('palette').querySelectorAll('[role=option]')) {
    const pattern = option.dataset.pattern;
    option.hidden = pattern ? !typed || !new RegExp(pattern, 'i').test(typed) : !words.every(word => option.dataset.keys.includes(word));
    const place = option.querySelector('[data-typed]');
    if (place) place.textContent = typed;
  }
  choose(shown()[0]);
  byId('palette').querySelector('[data-none]').hidden = shown().length > 0;
}

function choose(option) {
  for (const other of byId('palette').querySelectorAll('[aria-selected=true]')) other.setAttribute('aria-selected', 'false');
  const input = byId('palette').querySelector('input');
  if (!option) { input.removeAttribute('aria-activedescendant'); return; }
  option.setAttribute('aria-selected', 'true');
  option.scrollIntoView({ block: 'nearest' });
  input.setAttribute('aria-activedescendant', option.id);
}

function take(option) {
  if (!option) return;
  const typed = byId('palette').querySelector('input').value.trim();
  byId('palette').close();
  go(option.dataset.href.replace('{}', encodeURIComponent(typed)));
}

document.addEventListener('input', event => {
  if (event.target.closest('#palette')) narrow(event.target.value.trim());
});

function paletteKey(event) {
  const options = shown();
  const at = options.findIndex(o => o.getAttribute('aria-selected') === 'true');
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) choose(options[(at + step + options.length) % options.length]);
  else if (event.key === 'Enter') take(options[at]);
  else return;
  event.preventDefault();
}

function openKeys() {
  const keys = byId('keys');
  if (!keys || keys.open) return;
  keys.querySelector('[data-act=keys-off]').checked = keysOff();
  keys.showModal();
}

// --- keys ------------------------------------------------------------------------------------------------------------
const keysOff = () => localStorage.getItem('jm-keys-off') === '1';
const pages = { l: '/logs', a: '/alerts', i: '/incidents', s: '/sources', d: '/' };
const opener = row => row?.querySelector('a[href], button.link, button');
const rows = () => [...document.querySelectorAll('.list tbody tr')].filter(opener);
let goes = false;

function move(step) {
  const all = rows();
  const pane = document.querySelector('.split > aside');
  let at = all.indexOf(document.activeElement?.closest('tr'));
  if (at < 0) at = all.findIndex(row => row.classList.contains('open'));
  const next = all[at < 0 ? 0 : Math.min(Math.max(at + step, 0), all.length - 1)];
  if (!next) return;
  const target = opener(next);
  target.focus();
  next.scrollIntoView({ block: 'nearest' });
  if (pane && !next.classList.contains('open')) target.click();
}

function closePane() {
  const pane = document.querySelector('.split > aside');
  const way = pane?.querySelector('[data-close]');
  if (!way) return;
  const row = document.querySelector('.list tbody tr.open');
  way.click();
  opener(row)?.focus();
}

const single = {
  '/': openPalette, '?': openKeys, j: () => move(1), k: () => move(-1), f: () => document.querySelector('main input[type=search]')?.focus(), t: () => document.querySelector('main [data-time]')?.focus(),
  D: () => acts.theme(), '[': () => root.classList.toggle('narrow-menu'),
};

document.addEventListener('keydown', event => {
  if (event.isComposing) return;
  if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'k') {
    event.preventDefault();
    openPalette();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (byId('palette')?.open) { paletteKey(event); return; }
  if (document.querySelector('dialog[open]')) return;
  if (event.target.matches('[data-complete]') && isOffering(event.target) && completionKey(event)) { event.preventDefault(); return; }
  const typing = event.target.closest('input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]');
  if (event.key === 'Escape') {
    if (typing) typing.blur();
    else closePane();
    return;
  }
  if (typing || keysOff()) return;
  if (goes) {
    goes = false;
    const page = pages[event.key];
    // Only pages that the menu offers: the others do not exist for this person.
    if (page && document.querySelector(`.side a[href="${page}"]`)) go(page);
    return;
  }
  if (event.key === 'g') { goes = true; return; }
  if (event.target.matches('.bars[data-zoom]') && barKey(event)) { event.preventDefault(); return; }
  // A page may give a letter its own meaning: the control that carries it is pressed, or written in.
  const own = document.querySelector(`main [data-key="${CSS.escape(event.key)}"]:not(:disabled)`);
  const act = own ? () => own.matches('textarea, input') ? own.focus() : own.click() : single[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

// --- bars: a stretch is chosen by dragging, or with arrow keys and Enter --------------------------------------------
const barsOf = box => [...box.querySelectorAll(':scope > span')];
let drag = null;

function mark(box, anchor, at) {
  const bars = barsOf(box);
  const [first, last] = [Math.min(anchor, at), Math.max(anchor, at)];
  bars.forEach((bar, i) => bar.classList.toggle('marked', i >= first && i <= last));
  Object.assign(box.dataset, { anchor, at });
  box.setAttribute('aria-valuenow', at);
  box.setAttribute('aria-valuetext', first === last ? bars[at].title : bars[first].title + ' – ' + bars[last].title);
}

function unmark(box) {
  for (const bar of barsOf(box)) bar.classList.remove('marked');
  delete box.dataset.anchor;
  delete box.dataset.at;
}

function zoom(box) {
  const ends = [Number(box.dataset.anchor), Number(box.dataset.at)].sort((a, b) => a - b);
  unmark(box);
  const zoomed = box.parentElement.querySelector('[data-zoomed]');
  zoomed.value = ends.join('-');
  zoomed.dispatchEvent(new Event('change', { bubbles: true }));
}

function barAt(box, x) {
  const bars = barsOf(box);
  const at = bars.findIndex(bar => x <= bar.getBoundingClientRect().right);
  return at < 0 ? bars.length - 1 : at;
}

function barKey(event) {
  const box = event.target;
  const last = barsOf(box).length - 1;
  if (event.key === 'Enter' || event.key === ' ') {
    if (!('at' in box.dataset)) return false;
    zoom(box);
    return true;
  }
  const at = Number(box.dataset.at ?? -1);
  const to = { ArrowRight: at + 1, ArrowUp: at + 1, ArrowLeft: at - 1, ArrowDown: at - 1, Home: 0, End: last }[event.key];
  if (to === undefined || last < 0) return false;
  const next = Math.min(Math.max(to, 0), last);
  mark(box, event.shiftKey && at >= 0 ? Number(box.dataset.anchor) : next, next);
  return true;
}

document.addEventListener('pointerdown', event => {
  const box = event.target.closest?.('.bars[data-zoom]');
  if (!box || event.button !== 0) return;
  drag = { box, from: barAt(box, event.clientX) };
  mark(box, drag.from, drag.from);
});
document.addEventListener('pointermove', event => { if (drag) mark(drag.box, drag.from, barAt(drag.box, event.clientX)); });
document.addEventListener('pointerup', () => { if (drag) zoom(drag.box); drag = null; });
document.addEventListener('pointercancel', () => { if (drag) unmark(drag.box); drag = null; });

// --- completion in the query bar -------------------------------------------------------------------------------------
const NAME = String.raw`[\p{L}_@][\p{L}\p{N}._@-]*`;
const FIELD = new RegExp(String.raw`(?:^|[\s(（!！])(${NAME})$`, 'u');
const VALUE = new RegExp(String.raw`(?:^|[\s(（!！])(${NAME})[:：]("?)([^"“”\s)）]*)$`, 'u');
let asking = null;

const listOf = input => byId(input.getAttribute('aria-controls'));
const isOffering = input => input.getAttribute('aria-expanded') === 'true';

function offer(input, offers) {
  const list = listOf(input);
  list.replaceChildren(...offers.map((one, i) => {
    const option = Object.assign(document.createElement('li'), { id: list.id + i });
    option.setAttribute('role', 'option');
    option.setAttribute('aria-selected', 'false');
    option.append(Object.assign(document.createElement('span'), { textContent: one.text }));
    if (one.count) option.append(Object.assign(document.createElement('span'), { textContent: one.count.toLocaleString(), className: 'muted' }));
    Object.assign(option.dataset, { put: one.put, from: one.from });
    return option;
  }));
  list.hidden = offers.length === 0;
  input.setAttribute('aria-expanded', String(offers.length > 0));
  input.removeAttribute('aria-activedescendant');
}

async function complete(input) {
  asking?.abort();
  const before = input.value.slice(0, input.selectionStart ?? input.value.length);
  const value = VALUE.exec(before);
  if (!value) {
    const typed = FIELD.exec(before)?.[1].toLowerCase();
    const names = typed ? JSON.parse(input.dataset.complete).filter(name => name.toLowerCase().includes(typed)) : [];
    names.sort((a, b) => b.toLowerCase().startsWith(typed) - a.toLowerCase().startsWith(typed));
    offer(input, names.slice(0, 10).map(name => ({ text: name, put: name + ':', from: before.length - typed.length })));
    return;
  }
  const [, field, quote, begin] = value;
  const ask = asking = new AbortController();
  try {
    await new Promise(after => setTimeout(after, 150));
    if (ask.signal.aborted) return;
    const answer = await fetch(`${input.dataset.values}&field=${encodeURIComponent(field)}&begin=${encodeURIComponent(begin)}`, { signal: ask.signal });
    const found = answer.ok ? await answer.json() : [];
    if (ask.signal.aborted || document.activeElement !== input) return;
    offer(input, found.filter(one => !/\p{C}/u.test(one.value)).map(one => ({ text: one.value, count: one.count, put: quoted(one.value), from: before.length - begin.length - quote.length })));
  } catch { /* stopped by the next key, or the server is away: nothing is offered */ }
}

const quoted = value => (/^[\p{L}\p{N}._@:-]+$/u.test(value) && value.length < 400 ? value : '"' + value.replace(/["\\]/g, '\\$&') + '"') + ' ';

function put(input, option) {
  const after = input.value.slice(input.selectionStart);
  const text = input.value.slice(0, Number(option.dataset.from)) + option.dataset.put;
  input.value = text + after;
  input.setSelectionRange(text.length, text.length);
  offer(input, []);
  input.dispatchEvent(new Event('change', { bubbles: true }));
  if (text.endsWith(':')) complete(input);
}

function completionKey(event) {
  const input = event.target;
  const options = [...listOf(input).children];
  const at = options.findIndex(o => o.getAttribute('aria-selected') === 'true');
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    const next = options[(at + step + options.length) % options.length] ?? options[0];
    for (const option of options) option.setAttribute('aria-selected', String(option === next));
    next.scrollIntoView({ block: 'nearest' });
    input.setAttribute('aria-activedescendant', next.id);
  } else if ((event.key === 'Enter' || event.key === 'Tab') && at >= 0) put(input, options[at]);
  else if (event.key === 'Escape') offer(input, []);
  else {
    if (event.key === 'Enter') offer(input, []);
    return false;
  }
  return true;
}

document.addEventListener('input', event => { if (event.target.matches('[data-complete]') && !event.isComposing) complete(event.target); });
document.addEventListener('focusout', event => { if (event.target.matches?.('[data-complete]')) { asking?.abort(); offer(event.target, []); } });
document.addEventListener('pointerdown', event => {
  const option = event.target.closest?.('[role=combobox] + [role=listbox] > [role=option]');
  if (!option) return;
  // The input keeps the focus.
  event.preventDefault();
  put(option.parentElement.previousElementSibling, option);
});

// --- circuit ---------------------------------------------------------------------------------------------------------
// A circuit that can't be resumed is a reload: what matters stands in the address, and what was typed is carried across.
const KEPT = 'jm-typed';
const fields = () => [...document.querySelectorAll('main :is(input, textarea, select):not([type=password], [type=file], [type=hidden])')];
const nameOf = (field, all) => {
  const label = [field.type, field.name, field.id, field.placeholder, field.closest('label')?.innerText ?? field.getAttribute('aria-label')].join('|').slice(0, 300);
  return label + '#' + all.filter(f => f.type === field.type).indexOf(field);
};
const valueOf = field => field.type === 'checkbox' || field.type === 'radio' ? field.checked : field.value;

function keepTyped() {
  const all = fields();
  const values = Object.fromEntries(all.map(f => [nameOf(f, all), valueOf(f)]));
  sessionStorage.setItem(KEPT, JSON.stringify({ at: Date.now(), path: location.pathname + location.search, values }));
}

function giveBack() {
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? 'null');
  if (!kept) return;
  const end = () => { watch.disconnect(); sessionStorage.removeItem(KEPT); };
  const fill = () => {
    const all = fields();
    for (const field of all) {
      const name = nameOf(field, all);
      if (!(name in kept.values)) continue;
      const value = kept.values[name];
      delete kept.values[name];
      if (valueOf(field) === value) continue;
      if (typeof value === 'boolean') field.checked = value;
      else field.value = value;
      field.dispatchEvent(new Event('input', { bubbles: true }));
      field.dispatchEvent(new Event('change', { bubbles: true }));
    }
    if (Object.keys(kept.values).length === 0) end();
  };
  // Fields that appear once their data has come are filled in too, for a little while.
  const watch = new MutationObserver(fill);
  if (kept.path !== location.pathname + location.search || Date.now() - kept.at > 600000) { end(); return; }
  watch.observe(document.querySelector('main') ?? document.body, { childList: true, subtree: true });
  setTimeout(end, 5000);
  fill();
}

let leaving = false;
async function startAgain() {
  if (leaving) return;
  leaving = true;
  keepTyped();
  // A reload while nobody answers would leave the browser's own error page.
  for (;;) {
    try {
      if ((await fetch('/healthz', { cache: 'no-store' })).ok) break;
    } catch { /* still down */ }
    await new Promise(after => setTimeout(after, 1000));
  }
  location.reload();
}

// A form of a page is the circuit's: sent while nobody listens it would only wipe what was typed.
document.addEventListener('submit', event => {
  if (event.target.closest('main') && !event.target.hasAttribute('action')) event.preventDefault();
});

window.jm = {
  ready() {
    root.dataset.ready = 'interactive';
    giveBack();
  },
  // Few people need it on few pages, so it is fetched when it is asked for.
  createPasskey: async options => (await import('./passkey.js')).create(options),
  provePasskey: async options => (await import('./passkey.js')).prove(options),
  flow: async (host, net, writable) => (await import('./lib/flow.js')).open(host, net, writable),
};

const modal = byId('components-reconnect-modal');
const over = ['failed', 'rejected', 'resume-failed'].map(state => 'components-reconnect-' + state);
if (modal) new MutationObserver(() => {
  if (over.some(state => modal.classList.contains(state))) startAgain();
}).observe(modal, { attributes: true, attributeFilter: ['class'] });
