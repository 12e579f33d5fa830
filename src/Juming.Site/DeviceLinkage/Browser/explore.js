// What the generic skill sees of a console that nobody has described: menus worth following, and a page on which addresses are blocked.
(() => {
  const eyes = window[Symbol.for('juming.eyes')];
  if (!eyes || eyes.explore) return;
  const k = eyes.kit;
  const LIST = /黑名单|黑白名单|封禁|封堵|封锁|阻断列表|拦截名单|拒绝名单|禁止访问|black ?list|block ?list|deny ?list|blocked (ip|host|address|source)|ip ban|banned/i;
  const OTHER = /白名单(?!.*黑)|url|网址|域名|domain|邮|mail|用户黑|user|mac|文件|file|dns|应用黑|日志|记录|历史|log|history|report|报表|统计|white ?list(?!.*black)|allow ?list/i;
  // The list of those who are let through is made like the one of those who are not.
  const TRUST = /白名单|放行|(?<!零)信任|可信|免检|例外|豁免|保护名单|免认证|允许访问|white ?list|allow ?list|trusted|permitted|exempt/i;
  const SECTION = /安全|防护|防御|策略|访问控制|对象|联动|处置|防火墙|威胁|名单|security|protect|polic|firewall|object|response|defen[cs]e|threat|access/i;
  const CLICKABLE = 'a,button,input[type=button],input[type=submit],[role],li,span,div,td,dt,dd,summary,i,img,area';
  const CONFIRM = /^(确定|确认|保存|提交|完成|添加|新增|立即|开始|下发|(ok|save|submit|add|apply|confirm|block|create)\b)/i;
  const ADD = /^[＋+✚\s]*(新增|添加|新建|增加|创建|录入|封禁|封堵|隔离|登记|发起|加入)|^[＋+✚\s]*(add|new|create|block|ban)\b/i;

  function pressables() {
    const found = [];
    for (const d of k.docs()) for (const el of d.doc.querySelectorAll(CLICKABLE)) {
      if (el.childElementCount > 4 || el.textContent.length > 60) continue;
      // What holds several entries is a part of the page, not an entry.
      if (!/^(A|BUTTON|INPUT)$/.test(el.tagName) && [...el.querySelectorAll('a,button,li,[role=menuitem],[onclick]')].filter(k.seen).length > 1) continue;
      const text = k.nameOf(el).replace(/\s+/g, ' ').trim();
      if (!text || text.length > 34 || !k.pressable(el) || !k.seen(el)) continue;
      const outer = found.find(f => f.el.contains(el) && f.text === text);
      if (outer) { if (k.roleOf(outer.el) === 'text' && k.roleOf(el) !== 'text') outer.el = el; continue; }
      found.push({ el, d, text });
    }
    return found;
  }
  const worth = text => k.DANGER.test(text) ? -1 : OTHER.test(text) && !k.inGroup(text, 'list') ? 0.5 : k.inGroup(text, 'list') ? 10 : LIST.test(text) ? 9 : k.inGroup(text, 'section') ? 4 : SECTION.test(text) ? 3 : 1;
  const stableOf = el => ({ ...(k.stable(el.id) ? { id: el.id } : {}), ...(k.stable(el.getAttribute('name')) ? { field: el.getAttribute('name') } : {}) });
  const pressSpec = (el, text) => { const role = k.roleOf(el); return { ...(role === 'text' ? { text: [text] } : { role, name: [text] }), ...(k.stable(el.id) ? { id: el.id } : {}) }; };
  const point = (el, d) => k.fresh({ el, d });

  function menu() {
    const seen = new Set(), out = [];
    for (const p of pressables()) {
      // Buttons of forms and rows are no menu.
      if (k.isButton(p.el) && (p.el.closest('form,table,[role=dialog]') || !(worth(p.text) >= 3 || p.el.closest('nav,aside,[class*=menu i],[class*=nav i],[class*=side i]'))) || p.el.closest('tr') && p.el.closest('table')?.querySelector('th') || ADD.test(p.text) && k.roleOf(p.el) !== 'link' && !LIST.test(p.text.replace(ADD, '')) && !k.inGroup(p.text, 'list') || k.inGroup(p.text, 'add', 'remove', 'confirm', 'commit', 'cancel', 'search', 'next', 'edit')) continue;
      const key = k.norm(p.text), score = worth(p.text);
      if (score < 0 || seen.has(key)) continue;
      seen.add(key);
      const at = point(p.el, p.d);
      out.push({ text: p.text, key, score: score + (at.x < 320 || at.y < 140 ? 0.5 : 0), spec: pressSpec(p.el, p.text), point: at });
    }
    return out.sort((a, b) => b.score - a.score).slice(0, 80);
  }

  const labelOf = el => [...k.labelsOf(el), el.placeholder ?? '', ...k.besides(el)].map(t => t.replace(/[:：*＊]/g, '').trim()).filter(t => t && t.length <= 40)[0] ?? '';
  function fieldSpec(el, near) {
    const label = labelOf(el), spec = { ...(label ? { label: [label] } : {}), ...stableOf(el) };
    return near && Object.keys(spec).length ? { ...spec, near: [near] } : spec;
  }
  const ipWorth = el => {
    const label = labelOf(el), texts = [...k.labelsOf(el), el.placeholder ?? '', ...k.besides(el), el.getAttribute('name') ?? '', el.id];
    if (k.inGroup(label, 'endip', 'mask', 'comment', 'label', 'minutes', 'term', 'search')) return 0;
    return Math.max(k.best(texts.slice(0, -2), [...k.words.ip]), texts.some(t => /\b(ip|addr|address|srcip|source)\b/i.test(t) || /ip|地址|\d+\.\d+\.\d+\.\d+/i.test(t)) ? 0.75 : 0);
  };
  const uncovered = (el, d) => { const p = point(el, d); if (!k.inView(p)) return true; const hit = k.hitAt(p.x, p.y); return !hit || k.related(el, hit); };
  // What sends the form by the page's own word, whatever is written on it.
  const sendsForm = e => k.isButton(e) && e.type === 'submit' && e.form && e.form.method !== 'get' && !k.inGroup(k.nameOf(e), 'cancel', 'search', 'login', 'remove') && !k.DANGER.test(k.nameOf(e));
  const confirmsIn = box => [...box.querySelectorAll('button,input[type=button],input[type=submit],a,[role=button],span,div')].filter(e => e.childElementCount < 4 && k.pressable(e) && k.seen(e) && (k.inGroup(k.nameOf(e), 'confirm', 'add') || (ADD.test(k.nameOf(e).trim()) || k.isButton(e) && CONFIRM.test(k.nameOf(e).trim()) || sendsForm(e)) && k.nameOf(e).length < 14));

  // The form in which an address is entered: its field, what else it wants, and what sends it.
  function form() {
    let best = null;
    for (const d of k.docs()) {
      const box = k.searchBox();
      for (const el of d.doc.querySelectorAll('input,textarea')) {
        if (!k.isText(el) || el.type === 'password' || el.readOnly || !k.seen(el) || (box && box.el === el) || !uncovered(el, d)) continue;
        const worth = ipWorth(el);
        if (worth < 0.7) continue;
        let at = el.parentElement, up = 0;
        while (at && up < 9 && !confirmsIn(at).length && at.tagName !== 'BODY') { at = at.parentElement; up++; }
        const confirms = at ? confirmsIn(at) : [];
        if (!confirms.length) continue;
        const score = worth * 10 - up;
        if (!best || score > best.score) best = { score, el, d, box: at, confirms };
      }
    }
    if (!best) return null;
    const { el, d, box, confirms } = best;
    const confirm = confirms.find(c => k.inGroup(k.nameOf(c), 'confirm') && k.isButton(c)) ?? confirms.find(c => k.inGroup(k.nameOf(c), 'confirm')) ?? confirms[0];
    const sends = k.nameOf(confirm).replace(/\s+/g, ' ').trim(), label = labelOf(el);
    const others = [];
    const root = box.tagName === 'FORM' || box.querySelectorAll('input,select,textarea').length > 1 ? box : box.parentElement ?? box;
    for (const f of root.querySelectorAll('input,select,textarea')) {
      if (f === el || !k.isField(f) || !k.seen(f)) continue;
      const name = labelOf(f), kind = f.tagName === 'SELECT' ? 'select' : f.type === 'checkbox' || f.type === 'radio' ? f.type : 'text';
      const means = ['comment', 'minutes', 'endip', 'mask', 'label', 'term'].find(g => k.inGroup(name, g)) ?? (/描述|备注|说明|原因|事由|依据|注释|comment|remark|reason|descr/i.test(name + f.name + f.id) ? 'comment' : /分钟|minute/i.test(name) ? 'minutes' : /结束|end/i.test(name) ? 'endip' : /掩码|mask/i.test(name) ? 'mask' : /名称|name/i.test(name) ? 'label' : /时长|有效期|期限|时限|周期|duration|expir|ttl|lifetime/i.test(name) ? 'term' : null);
      others.push({ kind, label: name, means, value: f.value ?? '', required: f.required || /[*＊]/.test((f.labels?.[0]?.textContent ?? '') + (k.besides(f)[0] ?? '')), spec: fieldSpec(f, sends), options: kind === 'select' ? [...f.options].slice(0, 40).map(o => o.text.trim()) : [], point: point(f, d) });
    }
    return { ip: { label, spec: fieldSpec(el, sends), point: point(el, d), area: el.tagName === 'TEXTAREA' }, others, confirm: { text: sends, spec: { ...pressSpec(confirm, sends), near: [label || labelOf(el)].filter(Boolean) }, point: point(confirm, d) }, cancel: [...root.querySelectorAll('*')].filter(e => k.inGroup(k.nameOf(e), 'cancel') && k.pressable(e) && k.seen(e)).slice(0, 1).map(e => ({ text: k.nameOf(e), point: point(e, d) }))[0] ?? null };
  }

  // Addresses that stand on the page by themselves, as a list of blocked ones shows them: by them a list is known again whatever it is called.
  const ADDRESS = /^(\d{1,3}(\.\d{1,3}){3}|[0-9a-f]*:[0-9a-f:]*:[0-9a-f]*)(\/\d{1,3})?$/;
  function listed() {
    const found = new Set();
    for (const d of k.docs()) for (const el of d.doc.querySelectorAll('td,h3,h4,h5,span,div,p,b,strong,li,dd,[role=gridcell]')) {
      const text = el.childElementCount ? '' : el.textContent.trim().toLowerCase();
      if (text && text.length < 44 && ADDRESS.test(text) && k.seen(el)) found.add(text);
      if (found.size >= 60) return [...found];
    }
    return [...found];
  }

  // What can be pressed in a row, without the boxes that choose it.
  function controls(wanted) {
    const hit = k.rowFor(wanted), out = [];
    for (const el of hit?.row.querySelectorAll('a,button,input[type=button],input[type=submit],[role=button],[onclick],span,i,img') ?? []) {
      const text = k.nameOf(el).replace(/\s+/g, ' ').trim();
      if (!text || text.length > 16 || k.roleOf(el) === 'text' && el.childElementCount || !k.pressable(el) || !k.seen(el) || k.disabled(el) || k.inGroup(text, 'edit', 'cancel', 'search', 'next')) continue;
      if (out.some(o => o.el.contains(el) || el.contains(o.el))) continue;
      out.push({ el, text, removes: k.inGroup(text, 'remove'), spec: pressSpec(el, text) });
    }
    return out.map(({ text, removes, spec }) => ({ text, removes, spec }));
  }

  // How a recipe would name an element; null where it has no words.
  function spec(el, kind) {
    const text = k.nameOf(el).replace(/\s+/g, ' ').trim();
    if (kind === 'click' || kind === 'read') return text ? pressSpec(el, text) : null;
    const found = fieldSpec(el, null);
    return Object.keys(found).length ? found : null;
  }

  function page() {
    const adds = [], commits = [], removes = [];
    for (const p of pressables()) {
      const button = k.isButton(p.el) || ['button', 'link', 'text'].includes(k.roleOf(p.el));
      if (button && p.text.length < 16 && (k.inGroup(p.text, 'add') || ADD.test(p.text)) && !OTHER.test(p.text)) adds.push({ text: p.text, spec: pressSpec(p.el, p.text), point: point(p.el, p.d), score: (k.inGroup(p.text, 'add') ? 2 : 1) + (k.isButton(p.el) ? 1 : 0) + (/黑|封|ip|black|block/i.test(p.text) ? 1 : 0) + (p.el.closest('nav,[class*=menu i],[class*=nav i]') ? -3 : 0) });
      if (button && k.inGroup(p.text, 'commit')) commits.push({ text: p.text, spec: pressSpec(p.el, p.text) });
      if (k.inGroup(p.text, 'remove')) removes.push({ text: p.text, spec: pressSpec(p.el, p.text), inRow: !!p.el.closest('tr,[role=row],li') });
    }
    let column = null, rows = 0;
    for (const d of k.docs()) for (const t of k.tablesIn(d)) {
      const at = (t.columns ?? []).findIndex(c => c.length < 24 && (k.inGroup(c, 'ip') || /ip|地址|address|source|host/i.test(c)) && !/mac|目的|dest/i.test(c));
      if (at >= 0 && (!column || t.rows.length >= rows)) [column, rows] = [t.columns[at], t.rows.length];
    }
    const text = eyes.allText(6000), heads = k.docs().flatMap(d => [...d.doc.querySelectorAll('h1,h2,h3,h4,caption,legend,[class*=title i],[class*=crumb i],[class*=active i],[class*=selected i],[class*=current i],title')]).map(e => e.textContent.trim()).filter(t => t && t.length < 60);
    const lets = k.docs().some(d => [...d.doc.querySelectorAll('h1,h2,h3,h4,caption,legend,[class*=crumb i]')].some(e => e.textContent.length < 60 && k.seen(e) && TRUST.test(e.textContent.replace(/黑白名单/g, ''))));
    const about = lets ? 0 : heads.some(t => LIST.test(t) && !OTHER.test(t.replace(/黑白名单/g, ''))) ? 3 : LIST.test(text) ? 1 : 0;
    adds.sort((a, b) => b.score - a.score);
    return { about, addresses: k.addresses(), listed: listed(), adds, commits, removes, column, rows, inline: form(), next: !!k.nextPage(true), search: !!k.searchBox(), empty: k.EMPTY.test(text), heads: heads.slice(0, 12), telling: eyes.telling().slice(0, 20) };
  }
  const isList = () => { const p = page(); return p.about >= 3 && (p.adds.length > 0 || p.inline !== null); };
  eyes.explore = { menu, page, form, isList, listed, controls, spec };
})();
