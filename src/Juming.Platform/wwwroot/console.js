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
  copy(at) { navigator.clipboard?.writeText(at.dataset.text ?? ''); },
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
  '/': openPalette, '?': openKeys, j: () => move(1), k: () => move(-1), f: () => document.querySelector('main input[type=search]')?.focus(),
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
  // A page may give a letter its own meaning: the control that carries it is pressed, or written in.
  const own = document.querySelector(`main [data-key="${CSS.escape(event.key)}"]:not(:disabled)`);
  const act = own ? () => own.matches('textarea, input') ? own.focus() : own.click() : single[event.key];
  if (!act) return;
  event.preventDefault();
  act();
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
};

const modal = byId('components-reconnect-modal');
const over = ['failed', 'rejected', 'resume-failed'].map(state => 'components-reconnect-' + state);
if (modal) new MutationObserver(() => {
  if (over.some(state => modal.classList.contains(state))) startAgain();
}).observe(modal, { attributes: true, attributeFilter: ['class'] });
