// What a person does on a console, told as the steps of a recipe: each element in several ways, every way scored as a run would score it. Only what the
// browser itself took from mouse and keyboard counts. It is put into each document after the eyes; what is typed as a password is never told.
(() => {
  const KEY = Symbol.for('juming.eyes'), eyes = window[KEY];
  if (!eyes || eyes.recorder) return;
  const TELL = '__TELL__', TARGET = '__TARGET__', k = eyes.kit;
  // A heading that no list has: in a row of the target its value alone counts.
  const ANY = '·';
  // Scores count over the whole page, so a frame asks the page that holds it.
  const whole = () => { try { return window.top[KEY] ?? eyes; } catch { return eyes; } };
  const tell = what => { try { window[TELL]?.(JSON.stringify(what)); } catch { /* the recording has ended */ } };
  const clean = t => (t ?? '').replace(/\s+/g, ' ').replace(/[:：*＊]+\s*$/g, '').trim();
  const ADDRESS = /^(\d{1,3}(\.\d{1,3}){3}|[0-9a-f]{0,4}(:[0-9a-f]{0,4}){2,7})(\/\d{1,3})?$/i;

  /* ---- ways to say which element it is ---- */
  function nearOf(el) {
    for (let at = el.parentElement, up = 0; at && up < 8 && at.tagName !== 'BODY'; at = at.parentElement, up++) {
      const head = [...at.querySelectorAll('legend,h1,h2,h3,h4,h5,caption,[class*=title i],[class*=header i]')].find(h => !h.contains(el) && k.seen(h) && clean(h.textContent) && clean(h.textContent).length <= 24);
      if (head) return clean(head.textContent);
    }
    return '';
  }
  const identity = el => ({ ...(k.stable(el.id) ? { id: el.id } : {}), ...(k.stable(el.getAttribute('name')) ? { field: el.getAttribute('name') } : {}) });
  function ways(el, kind) {
    const role = k.roleOf(el), name = clean(k.nameOf(el)).slice(0, 80), near = nearOf(el), id = identity(el), out = [];
    const put = (by, spec) => out.push({ by, spec });
    if (kind === 'click') {
      if (name && role !== 'text') { put('role', { role, name: [name] }); if (near) put('near', { role, name: [name], near: [near] }); }
      if (name) put('text', { text: [name] });
      if (name && role === 'text' && near) put('near', { text: [name], near: [near] });
    } else {
      const label = [...k.labelsOf(el), ...k.besides(el)].map(clean).find(t => t && t.length <= 40), holder = clean(el.placeholder);
      if (label) { put('label', { label: [label] }); if (near) put('near', { label: [label], near: [near] }); if (Object.keys(id).length) put('label', { label: [label], ...id }); }
      if (holder) put('placeholder', { placeholder: [holder] });
    }
    if (Object.keys(id).length) put('id', kind === 'click' && name ? { text: [name], ...id } : id);
    return out;
  }
  function rowOf(el) {
    if (TARGET && whole().kit.rowFor({ [ANY]: TARGET })?.row.contains(el)) return TARGET;
    for (let at = el, up = 0; at && up < 7 && at.tagName !== 'BODY'; at = at.parentElement, up++) {
      const found = new Set([...at.querySelectorAll('*')].filter(e => e.childElementCount < 2 && e.textContent.length < 60 && ADDRESS.test(e.textContent.trim())).map(e => e.textContent.trim()));
      if (found.size > 1) return null;
      if (found.size === 1) { const [key] = found; return whole().kit.rowFor({ IP: key })?.row.contains(el) ? key : null; }
    }
    return null;
  }
  function describe(el, kind) {
    const w = whole(), row = kind === 'click' || kind === 'check' ? rowOf(el) : null;
    const candidates = ways(el, kind).map(way => {
      const list = w.candidates(row ? { ...way.spec, in: { [row === TARGET ? ANY : 'IP']: row } } : way.spec, kind);
      const mine = list.find(c => c.el === el || c.el.contains(el) || el.contains(c.el));
      const other = Math.max(0, ...list.filter(c => c !== mine).map(c => c.score));
      return { ...way, score: mine ? Math.round(mine.score * 100) / 100 : 0, margin: mine ? Math.round((mine.score - other) * 100) / 100 : 0 };
    });
    const name = kind === 'click' ? k.nameOf(el) : [...k.labelsOf(el), el.placeholder ?? '', ...k.besides(el)].map(clean).find(Boolean) ?? '';
    const box = w.kit.searchBox();
    const groups = ['ip', 'comment', 'minutes', 'term', 'commit', 'confirm', 'remove', 'next'];
    return { role: k.roleOf(el), name: clean(name).slice(0, 80), means: groups.find(g => k.inGroup(name, g)) ?? '', row, search: !!box && (box.el === el || box.button === el), candidates, lists: lists(), onList: w.explore.isList() };
  }
  const lists = () => whole().kit.docs().flatMap(d => whole().kit.tablesIn(d)).map(t => (t.columns ?? []).map(clean).join('|')).filter(Boolean).slice(0, 10);

  /* ---- listening ---- */
  const numbers = new WeakMap();
  let last = 0;
  const numberOf = el => { if (!numbers.has(el)) numbers.set(el, ++last + '-' + Math.random().toString(36).slice(2, 8)); return numbers.get(el); };
  // A person presses the picture or the word inside a button; what does something is the button.
  function meant(el) {
    let first = null;
    for (let at = el, up = 0; at && at.nodeType === 1 && up < 6 && at.tagName !== 'BODY'; at = at.parentElement, up++) {
      if (!k.pressable(at)) continue;
      if (k.roleOf(at) !== 'text') return at;
      first ??= at;
    }
    return first ?? el;
  }
  const origin = e => e.composedPath()[0]?.nodeType === 1 ? e.composedPath()[0] : e.target;
  let pressed = null;
  addEventListener('mousedown', e => {
    if (!e.isTrusted || e.button !== 0) return;
    const el = origin(e);
    const list = el.closest?.('select');
    // A list of the browser's own would open outside of the page, where nobody sees it: the person chooses beside the picture.
    if (list && !list.disabled) { e.preventDefault(); list.focus(); whole().recorder.choosing = { list, say: describe(list, 'select'), tell }; tell({ t: 'choices', options: [...list.options].slice(0, 200).map(o => clean(o.text).slice(0, 80)), name: clean([...k.labelsOf(list), ...k.besides(list)][0]).slice(0, 80) }); return; }
    const target = meant(el);
    // Seen before the page's own script hears of it: afterwards it may be gone.
    pressed = k.isField(target) && !/^(checkbox|radio)$/.test(target.type) ? null : { target, say: describe(target, target.type === 'checkbox' || target.type === 'radio' ? 'check' : 'click') };
  }, true);
  addEventListener('click', e => {
    if (!e.isTrusted) return;
    const el = origin(e), label = el.closest?.('label'), target = meant(el);
    if (label && label.control && label.control !== target && !k.isText(label.control)) return;
    if (k.isField(target) && !/^(checkbox|radio)$/.test(target.type)) return;
    const check = target.type === 'checkbox' || target.type === 'radio';
    const say = pressed?.target === target ? pressed.say : describe(target, check ? 'check' : 'click');
    pressed = null;
    tell({ t: check ? 'check' : 'click', value: check ? String(target.checked) : '', ...say });
  }, true);
  const told = new WeakMap();
  addEventListener('input', e => {
    const el = origin(e);
    if (!e.isTrusted || !k.isText(el)) return;
    if (hide(el)) { if (!told.has(el)) { told.set(el, null); tell({ t: 'secret' }); } return; }
    if (!told.has(el)) told.set(el, describe(el, 'fill'));
    if (told.get(el) === null) return;
    whole().recorder.edited.add(el);
    tell({ t: 'fill', number: numberOf(el), value: (el.value ?? el.textContent ?? '').slice(0, 500), ...told.get(el) });
  }, true);
  addEventListener('keydown', e => {
    const el = origin(e);
    if (!e.isTrusted || e.key !== 'Enter' || e.isComposing || el.tagName !== 'INPUT' || !k.isText(el) || el.form?.querySelector('button:not([type=button]):not([type=reset]),[type=submit],[type=image]')) return;
    tell({ t: 'press', value: 'Enter', ...(told.get(el) ?? describe(el, 'fill')) });
  }, true);

  /* ---- secrets stay dark ---- */
  const SECRET = 'input[type=password],input[autocomplete=one-time-code],[data-jm-secret]';
  function hide(el) {
    if (el.matches?.(SECRET)) el.setAttribute('data-jm-secret', '');
    return el.hasAttribute?.('data-jm-secret') ?? false;
  }
  addEventListener('focusin', e => hide(origin(e)), true);
  const darken = () => { try { const sheet = new CSSStyleSheet(); sheet.replaceSync(SECRET + '{filter:brightness(0)!important}'); document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet]; } catch { /* a document that is no page */ } };
  darken();
  addEventListener('DOMContentLoaded', () => { if (!document.adoptedStyleSheets.length) darken(); });

  // A figure by the words beside it: left of it, above it, or around it. Only words by which a run would read the same count.
  function figureOf(el) {
    const text = clean(k.textOf(el)), number = /^-?\d[\d.,]*\s*%$/.test(text) ? 'percent' : /^-?\d[\d.,]*$/.test(text) ? 'number' : '';
    if (!text || text.length > 80) return { what: 'nothing' };
    const row = el.closest('tr,[role=row],dl,li'), cell = el.closest('td,th,[role=gridcell]'), table = row && k.docs().flatMap(k.tablesIn).find(t => t.rows.includes(row));
    const head = table?.columns && cell ? table.columns[[...row.children].indexOf(cell)] : '';
    const around = el.parentElement ? k.textOf(el.parentElement).replace(k.textOf(el), ' ') : '';
    for (const label of [cell && row ? k.textOf(row.children[0]) : '', ...k.besides(el), around, head ?? ''].map(clean)) {
      if (!label || label === text || label.length > 40 || label.includes('\n')) continue;
      const read = whole().around([label], number === 'percent' ? '(-?\\d[\\d.,]*)\\s*%' : number ? '(-?\\d[\\d.,]*)' : null);
      const found = number ? /(-?\d[\d.,]*)/.exec(read)?.[0] : clean(read);
      if (found && (number ? text.startsWith(found) : found === text)) return { what: 'figure', label, text, number };
    }
    return { what: 'nothing' };
  }

  eyes.recorder = {
    edited: new Set(), choosing: null,
    pick(at) {
      const c = this.choosing, option = c?.list.options[at];
      this.choosing = null;
      if (!option) return;
      k.set(c.list, option.value);
      c.tell({ t: 'select', value: clean(option.text).slice(0, 200), ...c.say });
    },
    // What the person has typed and stands there still.
    typed() { return [...this.edited].filter(el => el.isConnected && k.seen(el)).map(el => (el.value ?? el.textContent ?? '').slice(0, 500)).slice(0, 50); },
    // What proves it: the row that holds the address, or words.
    mark({ x, y, value, figure }) {
      const el = k.hitAt(x, y);
      if (!el) return { what: 'nothing' };
      if (figure) return figureOf(el);
      for (const d of k.docs()) for (const t of k.tablesIn(d)) for (const row of t.rows) {
        if (!row.contains(el)) continue;
        const cells = k.cellsOf(row).map(k.textOf), at = cells.findIndex(c => k.cellIs(c, value));
        if (at < 0) return { what: 'other-row', text: cells.join(' | ').slice(0, 200) };
        const mine = k.cellsOf(row).findIndex(c => c.contains(el)), state = mine >= 0 && mine !== at && t.columns?.length === cells.length ? { state: clean(cells[mine]), stateColumn: t.columns[mine].trim().replace(/\s+/g, '') } : {};
        return { what: 'row', ...state, column: t.columns?.length === cells.length ? clean(t.columns[at]) : '', columns: (t.columns ?? []).map(clean), list: (t.columns ?? []).map(clean).join('|'), text: cells.join(' | ').slice(0, 200) };
      }
      const card = k.rowFor({ IP: value });
      if (card?.row.contains(el)) return { what: 'row', column: '', columns: [], list: '', text: k.textOf(card.row).slice(0, 200) };
      const text = clean(k.textOf(el));
      return text && text.length <= 80 ? { what: 'text', text } : { what: 'nothing' };
    },
  };
})();
