// What a run sees of a page: every element of every frame that a person could see, scored against what is looked for. It is put into each
// document before the page's own scripts. What it tells is the page's word and never more: the runner treats it as hostile text.
(() => {
  const KEY = Symbol.for('juming.eyes');
  if (window[KEY]) return;
  const SAY = '__SAY__';
  const now = Date.now.bind(Date);

  // Words that mean the same on consoles. A match across a group heals a step; it never is as good as the word itself.
  const GROUPS = {
    login: '登录 登陆 立即登录 登入 进入 进入系统 进入平台 登录平台 验证并进入 确认登录 login signin logon',
    add: '新增 添加 新建 增加 创建 录入 新增地址 添加地址 新增条目 添加黑名单 新增黑名单 新建黑名单 添加ip 新增ip 添加封禁 新增封禁 add new create addnew addentry addip addaddress newentry insert',
    confirm: '确定 确认 保存 提交 完成 是 ok save submit yes confirm done finish 确认添加 确定添加 确认提交 登记 加入 执行 立即执行 立即封禁 封禁 封堵 阻断 录入 好 好的 继续 block ban continue proceed',
    commit: '应用 立即生效 下发 生效 配置生效 提交变更 保存配置 应用配置 应用更改 提交配置 下发配置 策略下发 立即下发 使配置生效 写入 激活 apply commit deploy activate applychanges applyconfig applyconfiguration commitchanges saveconfig installpolicy',
    takeover: '强制登录 继续登录 强制上线 踢出并登录 仍然登录 forcelogin continuelogin takeover continue',
    cancel: '取消 关闭 返回 否 cancel close back no',
    remove: '删除 移除 解封 解除 释放 清除 移出 解除封禁 取消封禁 解除封堵 解锁 移出黑名单 删除选中 批量删除 解除封锁 解除阻断 取消阻断 解除拦截 取消限制 取消隔离 取消压制 停止阻断 停止拦截 停止封禁 撤销 撤销封禁 撤销阻断 剔除 remove delete unblock release unban revoke withdraw del',
    edit: '编辑 修改 edit modify',
    search: '查询 搜索 检索 过滤 筛选 查找 search query find filter go lookup',
    next: '下一页 下页 后一页 next nextpage > » › ▶ →',
    list: '黑名单 ip黑名单 地址黑名单 全局黑名单 黑白名单 黑名单管理 黑白名单管理 封锁攻击者ip 联动封锁 ip封堵 ip封禁 封禁列表 封禁管理 封堵列表 地址封禁 封禁地址 阻断列表 拦截名单 拒绝名单 临时黑名单 动态黑名单 静态黑名单 禁止访问列表 blacklist ipblacklist blocklist denylist ipblocklist ipdenylist blockedips blockedaddresses blockedhosts addressblacklist blackandwhitelist ipban bannedips',
    section: '安全防护 安全策略 策略 策略管理 策略配置 访问控制 防护 防护策略 防护配置 攻击防护 安全 对象 对象管理 防火墙 安全管理 安全设置 入侵防御 入侵防护 威胁处置 威胁防护 响应处置 处置中心 联动 联动处置 配置 网络安全 安全配置 名单管理 policy policies security protection accesscontrol firewall objects defense defence response threatprevention threat configuration securitypolicy threatresponse',
    ip: 'ip ip地址 源ip 源地址 地址 客户端ip 攻击ip 攻击源 攻击源ip 起始ip 起始地址 封禁ip 封禁地址 封堵地址 黑名单ip 目标ip 主机地址 主机ip ip网段 ip地址网段 ip段 对端地址 来源ip 来源地址 ipaddress sourceip sourceaddress address clientip attackerip host hostip startip ipcidr addressrange source blockedip targetip entry',
    endip: '结束ip 结束地址 终止ip 终止地址 截止地址 endip endaddress',
    mask: '掩码 子网掩码 网段掩码 mask netmask subnetmask',
    comment: '描述 备注 说明 备注信息 注释 事由 原因 封禁原因 处置原因 理由 依据 comment remark reason description note notes memo',
    label: '名称 条目名称 规则名称 name entryname rulename title',
    minutes: '分钟 时长 封禁时长 时长分钟 有效分钟 minutes durationminutes ttlminutes ttl duration',
    term: '有效期 封禁时长 生效时间 封禁时间 时长 期限 时限 老化时间 过期时间 有效时间 隔离时长 阻断时长 阻断周期 处置时长 限制时间 duration expiry expires ttl validity lifetime',
    user: '用户名 账号 帐号 用户 管理员 账户 登录名 工号 user username account loginname userid admin operator',
    password: '密码 口令 登录密码 password passwd passphrase pwd',
    captcha: '验证码 校验码 附加码 图形码 随机码 图形验证码 图片验证码 计算结果 captcha verifycode randcode verificationcode securitycode vcode checkcode code',
    otp: '动态口令 动态码 动态密码 动态验证码 令牌 一次性密码 一次性口令 二次认证 两步验证 身份验证器 口令牌 手机令牌 otp totp onetimepassword onetimecode authenticator authenticationcode token mfa 2fa',
    logout: '离开系统 退出 注销 安全退出 登出 退出登录 退出登陆 退出系统 logout signout logoff exit',
  };
  const norm = s => { const raw = (s ?? '').normalize('NFKC').trim().toLowerCase(); const n = raw.replace(/[\s\u200b:*+\[\]()<>《》【】….。,、!?‹«»›\-_—–|·"'“”#✚✓✔×✕⊕▸▾►▼◆●○★☆\/]+/g, ''); return n || raw.replace(/\s+/g, ''); };
  const words = {}, groupsOf = new Map();
  for (const [group, list] of Object.entries(GROUPS)) {
    words[group] = new Set(list.split(' ').map(norm));
    for (const w of words[group]) groupsOf.set(w, [...(groupsOf.get(w) ?? []), group]);
  }
  const inGroup = (text, ...groups) => { const n = norm(text); return n.length > 0 && groups.some(g => words[g].has(n)); };
  const DANGER = /重启|恢复出厂|关机|关闭系统|升级|清空|格式化|初始化|注销|退出|登出|离开系统|删除|移除|下载|导出|备份|还原|修改密码|重置|全部解封|reboot|restart|shut ?down|reset|upgrade|factory|log ?out|sign ?out|log ?off|delete|remove|export|download|backup|restore|erase|wipe|flush|clear all/i;
  const SUCCESS = /成功|已添加|已保存|已生效|已下发|已删除|已解封|已提交|已封禁|已应用|完成|success|succeeded|\badded\b|\bsaved\b|\bapplied\b|\bdeleted\b|\bremoved\b|\bcommitted\b|\bblocked\b|\bdone\b|\bunblocked\b/i;
  const FAILURE = /失败|错误|已存在|重复|冲突|超过最大|规格已满|已满|上限|不合法|非法|无效|格式|无权限|权限不足|超时|过期|重新登录|锁定|不正确|不能为空|必填|拒绝|异常|fail|error|exist|duplicate|conflict|exceed|full|limit|invalid|illegal|denied|permission|timed? ?out|expired|locked|incorrect|required|forbidden/i;

  /* ---- what there is ---- */
  const rectOf = el => el.getBoundingClientRect();
  const seen = el => {
    const r = rectOf(el);
    return r.width > 1 && r.height > 1 && el.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }) && r.right + el.ownerDocument.defaultView.scrollX > 0 && r.bottom + el.ownerDocument.defaultView.scrollY > 0;
  };
  function docs() {
    const all = [];
    const visit = (win, dx, dy) => {
      let doc;
      try { doc = win.document; } catch { return; }
      if (!doc || !doc.documentElement) return;
      all.push({ win, doc, dx, dy });
      for (const frame of doc.querySelectorAll('iframe,frame')) {
        let inner = null;
        try { inner = frame.contentWindow; void inner.document; } catch { continue; }
        const r = rectOf(frame);
        if (inner && r.width > 1 && r.height > 1 && all.length < 40) visit(inner, dx + r.left + frame.clientLeft, dy + r.top + frame.clientTop);
      }
    };
    visit(window, 0, 0);
    return all;
  }
  const shortText = el => { const t = el.textContent; return t.length > 160 ? '' : (el.innerText ?? t).trim(); };
  const BUTTONS = new Set(['button', 'submit', 'reset', 'image']);
  const isButton = el => el.tagName === 'BUTTON' || (el.tagName === 'INPUT' && BUTTONS.has(el.type));
  const isField = el => (el.tagName === 'INPUT' && !BUTTONS.has(el.type) && el.type !== 'hidden') || el.tagName === 'TEXTAREA' || el.tagName === 'SELECT' || el.isContentEditable && el.getAttribute('contenteditable') !== null;
  const isText = el => el.tagName === 'TEXTAREA' || (el.tagName === 'INPUT' && !/^(checkbox|radio|file|range|color|hidden|button|submit|reset|image)$/.test(el.type)) || (el.getAttribute('contenteditable') === 'true');
  function roleOf(el) {
    const given = el.getAttribute('role');
    if (given) return given;
    if (isButton(el)) return 'button';
    switch (el.tagName) {
      case 'A': case 'AREA': { const href = el.getAttribute('href'); return !href || href === '#' || /^javascript:/i.test(href) ? 'button' : 'link'; }
      case 'SELECT': return 'combobox';
      case 'TEXTAREA': return 'textbox';
      case 'INPUT': return el.type === 'checkbox' || el.type === 'radio' ? el.type : 'textbox';
      case 'SUMMARY': return 'button';
      default: return el.onclick || el.hasAttribute('onclick') || el.tabIndex >= 0 ? 'button' : 'text';
    }
  }
  const CLICKS = new Set(['button', 'link', 'menuitem', 'tab', 'option', 'treeitem', 'text', 'menuitemradio', 'switch']);
  const pressable = el => {
    const role = roleOf(el);
    return role !== 'text' ? CLICKS.has(role) || role === 'checkbox' || role === 'radio' : el.ownerDocument.defaultView.getComputedStyle(el).cursor === 'pointer' || el.tagName === 'LABEL' || el.tagName === 'LI';
  };
  function nameOf(el) {
    const aria = el.getAttribute('aria-label');
    if (aria) return aria;
    const by = el.getAttribute('aria-labelledby');
    if (by) { const t = by.split(/\s+/).map(id => el.ownerDocument.getElementById(id)?.textContent ?? '').join(' ').trim(); if (t) return t; }
    if (isButton(el) && el.tagName === 'INPUT') return el.value || el.alt || el.title || '';
    const text = shortText(el);
    return text || el.getAttribute('title') || el.getAttribute('alt') || [...el.querySelectorAll('img[alt],[title]')].slice(0, 1).map(i => i.alt || i.title).join('') || '';
  }
  function labelsOf(el) {
    const own = [...(el.labels ?? [])].map(l => shortText(l)).filter(Boolean);
    const aria = el.getAttribute('aria-label');
    if (aria) own.push(aria);
    const by = el.getAttribute('aria-labelledby');
    if (by) own.push(by.split(/\s+/).map(id => el.ownerDocument.getElementById(id)?.textContent ?? '').join(' ').trim());
    if (el.title) own.push(el.title);
    return own;
  }
  // Old forms are tables: what names a field stands left of it, or above.
  function besides(el) {
    const found = [];
    let at = el;
    for (let up = 0; up < 4 && at && at.tagName !== 'FORM' && at.tagName !== 'BODY'; up++) {
      let before = at.previousSibling, steps = 0;
      while (before && steps++ < 4) {
        const text = before.nodeType === 3 ? before.textContent.trim() : before.nodeType === 1 && !before.querySelector('input,select,textarea') && !/^(INPUT|SELECT|TEXTAREA|SCRIPT|STYLE)$/.test(before.tagName) ? shortText(before) : null;
        if (text === null) break;
        if (text && text.length <= 40) { found.push(text); break; }
        before = before.previousSibling;
      }
      if (found.length) break;
      at = at.parentElement;
    }
    return found;
  }

  /* ---- how well it fits ---- */
  function quality(actual, wanted) {
    const a = norm(actual), w = norm(wanted);
    if (!a || !w) return 0;
    if (a === w) return 1;
    const same = groupsOf.get(a)?.some(g => groupsOf.get(w)?.includes(g)) ?? false;
    let q = same ? 0.78 : 0;
    if (a.includes(w)) q = Math.max(q, w.length >= 2 && w.length / a.length >= 0.5 ? 0.85 : w.length >= 2 && w.length / a.length >= 0.25 ? 0.7 : 0.4);
    else if (w.includes(a) && a.length >= 2) q = Math.max(q, a.length / w.length >= 0.5 ? 0.72 : 0.45);
    return q;
  }
  const best = (texts, wanted) => { let q = 0; for (const t of texts) for (const w of wanted) q = Math.max(q, quality(t, w)); return q; };
  const stable = id => !!id && id.length < 40 && !/\d{3,}|[0-9a-f]{6,}|^(ext|gen|yui|el|radix|rc|ember)[-_:]?\w*\d/i.test(id);
  const list = v => v === undefined || v === null ? [] : Array.isArray(v) ? v : [v];

  function judge(el, spec, kind) {
    let primary = 0, weight = 0;
    const names = list(spec.name), texts = list(spec.text), labels = list(spec.label), holders = list(spec.placeholder);
    if (names.length) {
      const q = best([nameOf(el)], names);
      const role = spec.role ? (roleOf(el) === spec.role ? 1 : spec.strict ? 0 : roleOf(el) === 'text' && CLICKS.has(spec.role) ? 0.86 : CLICKS.has(spec.role) && CLICKS.has(roleOf(el)) ? 0.97 : 0) : 1;
      primary += (spec.role ? 40 : 30) * q * role; weight += spec.role ? 40 : 30;
    }
    if (texts.length) { primary += 30 * best([nameOf(el)], texts); weight += 30; }
    if (labels.length) {
      primary += 35 * Math.max(best(labelsOf(el), labels), 0.98 * best([el.placeholder ?? ''], labels), 0.96 * best(besides(el), labels));
      weight += 35;
    }
    if (holders.length) { primary += 30 * best([el.placeholder ?? ''], holders); weight += 30; }
    let more = 0, moreWeight = 0;
    if (spec.id) { more += el.id === spec.id ? 25 : 0; moreWeight += 25; }
    if (spec.field) { more += el.getAttribute('name') === spec.field ? 25 : 0; moreWeight += 25; }
    for (const [k, v] of Object.entries(spec.data ?? {})) { more += el.getAttribute('data-' + k) === v ? 25 : 0; moreWeight += 25; }
    if (spec.css) { let hit = false; try { hit = el.matches(spec.css); } catch { /* not a selector */ } more += hit ? 10 : 0; moreWeight += 10; }
    // What stands near tells twins apart; it makes nothing fit that does not.
    const near = spec.near ? 0.8 + 0.2 * nearness(el, list(spec.near)) : 1;
    if (!weight && !moreWeight && spec.in) return { score: 1, words: 1 };
    if (!weight) return { score: near * (moreWeight ? more / moreWeight : 0), words: 1 };
    const p = primary / weight;
    if (!moreWeight) return { score: near * p, words: p };
    return { score: near * Math.max(p >= 0.95 ? 0.84 * p + 0.16 * (more / moreWeight) : 0, (primary + more) / (weight + moreWeight)), words: p };
  }
  function nearness(el, wanted) {
    let at = el.parentElement;
    for (let up = 0; up < 7 && at; up++, at = at.parentElement) {
      const text = at.textContent;
      if (text.length > 3000) return 0;
      // Buttons of old forms have their words in an attribute.
      const flat = norm(text + [...at.querySelectorAll('input[type=submit],input[type=button]')].map(b => b.value).join(' '));
      if (wanted.some(w => flat.includes(norm(w)))) return Math.max(0, 1 - up * 0.2);
    }
    return 0;
  }
  function hitAt(x, y) {
    let el = document.elementFromPoint(x, y), dx = 0, dy = 0;
    while (el && (el.tagName === 'IFRAME' || el.tagName === 'FRAME')) {
      let inner = null;
      try { inner = el.contentDocument; } catch { return el; }
      if (!inner) return el;
      const r = rectOf(el);
      dx += r.left + el.clientLeft; dy += r.top + el.clientTop;
      el = inner.elementFromPoint(x - dx, y - dy);
    }
    return el;
  }
  const related = (a, b) => a && b && (a === b || a.contains(b) || (b.contains(a) && rectOf(b).height < 90) || (a.labels && [...a.labels].some(l => l === b || l.contains(b))));
  const middle = (el, d) => { const r = rectOf(el); return { x: d.dx + r.left + r.width / 2, y: d.dy + r.top + r.height / 2, w: r.width, h: r.height }; };
  const inView = p => p.x >= 0 && p.y >= 0 && p.x <= innerWidth && p.y <= innerHeight;
  const disabled = el => el.disabled === true || el.getAttribute('aria-disabled') === 'true' || /(^|[\s_-])disabled?($|\s)/.test(el.className?.toString?.() ?? '');

  const FITS = {
    click: (el, spec) => !isField(el) || el.type === 'checkbox' || el.type === 'radio',
    fill: el => isText(el) && !el.readOnly,
    select: el => el.tagName === 'SELECT' || roleOf(el) === 'combobox' || roleOf(el) === 'listbox' || isText(el),
    check: el => el.type === 'checkbox' || el.type === 'radio' || ['checkbox', 'switch', 'radio'].includes(roleOf(el)),
    read: el => true,
  };
  function candidates(spec, kind) {
    const found = [];
    const within = spec.in ? rowFor(spec.in) : null;
    if (spec.in && !within) return found;
    const wanted = [...list(spec.name), ...list(spec.text)];
    for (const d of docs()) {
      if (within && within.d.doc !== d.doc) continue;
      const root = within ? within.row : d.doc;
      const set = kind === 'click' || kind === 'read' ? root.querySelectorAll('*') : root.querySelectorAll('input,select,textarea,[role],[contenteditable=true]');
      for (const el of set) {
        if (!FITS[kind](el, spec)) continue;
        if ((kind === 'click' || kind === 'read') && wanted.length && (el.childElementCount > 12 || el.textContent.length > 160 || best([nameOf(el)], wanted) === 0)) continue;
        const j = judge(el, spec, kind);
        if (j.score < 0.3 || !seen(el)) continue;
        if (kind === 'click' && !pressable(el)) j.score *= el.parentElement && el.parentElement.closest('a,button,[onclick],[role=button],[role=menuitem],[role=tab],li') ? 0.97 : 0.9;
        found.push({ el, d, score: j.score, words: j.words });
      }
    }
    // An entry is as wide as its menu, the link in it only as wide as its words: of two that fit alike the one that does something counts.
    found.sort((a, b) => b.score - a.score || (roleOf(a.el) === 'text') - (roleOf(b.el) === 'text'));
    // A button and the word inside it are one target: the better one of a nest stands for it.
    const kept = [];
    for (const c of found) {
      if (kept.some(k => k.el.contains(c.el) || c.el.contains(k.el))) continue;
      kept.push(c);
      if (kept.length >= 8) break;
    }
    for (const c of kept) {
      const p = middle(c.el, c.d);
      if (inView(p)) { const hit = hitAt(p.x, p.y); if (hit && !related(c.el, hit) && !(c.el.getRootNode() !== hit.getRootNode())) { c.covered = true; c.score *= 0.5; } }
    }
    kept.sort((a, b) => b.score - a.score);
    return kept;
  }
  const tell = c => ({ score: Math.round(c.score * 1000) / 1000, tag: c.el.tagName.toLowerCase(), role: roleOf(c.el), name: (nameOf(c.el) || labelsOf(c.el)[0] || besides(c.el)[0] || c.el.placeholder || '').slice(0, 80), covered: !!c.covered });

  /* ---- when it is still ---- */
  const idle = win => { try { return win[KEY]?.state ?? null; } catch { return null; } };
  const state = { pending: 0, oldest: 0, changed: performance.now(), leaving: 0 };
  function busy() {
    const now = performance.now();
    for (const d of docs()) {
      const s = idle(d.win);
      if (d.doc.readyState === 'loading') return 'loading';
      if (!s) continue;
      if (s.leaving && now - s.leaving < 15000) return 'leaving';
      if (s.pending > 0 && d.win.performance.now() - s.oldest < 10000) return 'pending';
    }
    return null;
  }
  const WAITING = /^(正在)?(加载中|载入中|请稍候|请稍等|处理中|正在加载|正在处理|正在下发|loading|please wait|processing)/i;
  function masked() {
    for (const d of docs()) for (const el of d.doc.querySelectorAll('[class*=loading i],[class*=mask i],[class*=spin i],[class*=progress i],[id*=loading i]')) {
      const t = shortText(el);
      if (t && t.length < 40 && WAITING.test(t.trim()) && seen(el)) return true;
    }
    return false;
  }
  function changedAgo() {
    let least = Infinity;
    for (const d of docs()) { const s = idle(d.win); if (s) least = Math.min(least, d.win.performance.now() - s.changed); }
    return least;
  }
  const pause = ms => new Promise(r => setTimeout(r, ms));
  async function quiet(most, still = 30) {
    const from = performance.now(), end = from + most;
    await pause(0);
    for (;;) {
      const why = busy() ?? (masked() ? 'masked' : null) ?? (Math.min(changedAgo(), performance.now() - from) < still ? 'changing' : null);
      if (!why) return { quiet: true };
      if (performance.now() > end) return { quiet: false, why };
      await pause(why === 'changing' ? 12 : 20);
    }
  }

  /* ---- finding and doing ---- */
  async function find(spec, o) {
    const kind = o.kind ?? 'click', end = performance.now() + (o.wait ?? 0);
    let pauseFor = 15, result;
    for (;;) {
      const why = busy();
      const found = why === 'leaving' || why === 'loading' ? [] : candidates(spec, kind).filter(c => !o.unless || !o.unless.includes(norm(nameOf(c.el))) || above(c.el));
      const first = found[0], second = found[1];
      const margin = first ? first.score - (second?.score ?? 0) : 0;
      result = { why: why === 'leaving' || why === 'loading' ? 'loading' : !first ? 'missing' : first.score < o.need ? (first.covered ? 'covered' : 'weak') : margin < o.margin ? 'ambiguous' : disabled(first.el) ? 'disabled' : null, margin, list: found.slice(0, 5).map(tell), near: first && why === null ? { name: tell(first).name, score: first.score, spec: api.explore?.spec(first.el, kind) ?? null } : null, busy: why !== null };
      if (result.why === null && why === null) {
        result = { ...result, ...(await reach(first)), healed: first.words < 0.84, ...(first.words < 0.84 ? { spec: api.explore?.spec(first.el, kind) ?? null } : {}), found: true };
        if (result.ready) { current = first; return finish(first, o, result); }
        result.why = 'moving';
      }
      if (performance.now() >= end) break;
      await pause(pauseFor);
      pauseFor = Math.min(120, pauseFor * 1.5);
    }
    return { ...result, found: false };
  }
  // Drawn over the page, as a question is; a form that is always there is not.
  const above = el => { for (let p = el; p; p = p.parentElement) { if (p.tagName === 'DIALOG' || /dialog$/.test(p.getAttribute('role') ?? '')) return true; const s = getComputedStyle(p); if ((s.position === 'fixed' || s.position === 'absolute') && +s.zIndex > 0) return true; } return false; };
  const buttons = () => { const names = new Set(); for (const d of docs()) for (const el of d.doc.querySelectorAll('button,a,input[type=button],input[type=submit],[role=button],[onclick]')) { const name = norm(nameOf(el)); if (name && name.length < 40 && seen(el)) names.add(name); if (names.size >= 300) break; } return [...names]; };
  let current = null;
  async function reach(c) {
    const frame = () => new Promise(r => { requestAnimationFrame(r); setTimeout(r, 60); });
    if (!inView(middle(c.el, c.d)) || outside(c.el)) { c.el.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' }); }
    let last = fresh(c);
    for (let i = 0; i < 12; i++) {
      await frame();
      const now = fresh(c);
      if (!c.el.isConnected) return { ready: false };
      if (Math.abs(now.x - last.x) < 1 && Math.abs(now.y - last.y) < 1) {
        const hit = hitAt(now.x, now.y);
        return { ready: related(c.el, hit) || !hit, x: now.x, y: now.y, w: now.w, h: now.h };
      }
      last = now;
    }
    return { ready: false };
  }
  const outside = el => { for (let p = el.parentElement; p; p = p.parentElement) { if (p.scrollHeight > p.clientHeight + 4) { const a = rectOf(el), b = rectOf(p); if (a.top < b.top || a.bottom > b.bottom) return true; } } return false; };
  const fresh = c => { const d = docs().find(x => x.doc === c.d.doc) ?? c.d; return middle(c.el, d); };
  function finish(c, o, result) {
    const out = { ...result, target: tell(c), labels: [...labelsOf(c.el), ...besides(c.el)].slice(0, 2), checked: c.el.checked ?? c.el.getAttribute('aria-checked') === 'true' };
    if (o.kind === 'fill' && o.value !== undefined) { set(c.el, o.value); out.value = c.el.value ?? c.el.textContent; }
    if (o.kind === 'select') Object.assign(out, choose(c.el, list(o.options)));
    if (o.kind === 'read') out.text = (c.el.innerText ?? c.el.textContent ?? '').trim().slice(0, 2000);
    if (o.secret) hidden.add(c.el);
    return out;
  }
  function set(el, value) {
    const win = el.ownerDocument.defaultView;
    el.focus();
    if (el.getAttribute('contenteditable') === 'true') el.textContent = value;
    else {
      const proto = el.tagName === 'TEXTAREA' ? win.HTMLTextAreaElement.prototype : el.tagName === 'SELECT' ? win.HTMLSelectElement.prototype : win.HTMLInputElement.prototype;
      Object.getOwnPropertyDescriptor(proto, 'value').set.call(el, value);
    }
    for (const type of ['keydown', 'keypress', 'input', 'keyup', 'change']) el.dispatchEvent(type.startsWith('key') ? new win.KeyboardEvent(type, { bubbles: true }) : new win.Event(type, { bubbles: true }));
  }
  function choose(el, options) {
    if (el.tagName !== 'SELECT') return { custom: true };
    let pick = null, q = 0;
    for (const option of el.options) for (const w of options) { const s = Math.max(quality(option.text, w), option.value && norm(option.value) === norm(w) ? 0.95 : 0); if (s > q) [pick, q] = [option, s]; }
    if (!pick || q < 0.7) return { chosen: null, choices: [...el.options].slice(0, 30).map(x => x.text.trim()) };
    set(el, pick.value);
    return { chosen: pick.text.trim() };
  }

  /* ---- tables ---- */
  const cellsOf = row => row.tagName === 'TR' ? [...row.cells] : (row.querySelectorAll(':scope > [role=gridcell],:scope > [role=cell]').length ? [...row.querySelectorAll(':scope > [role=gridcell],:scope > [role=cell]')] : [...row.children]);
  const textOf = el => (el.innerText ?? el.textContent ?? '').trim();
  function tablesIn(d) {
    const found = [];
    for (const table of d.doc.querySelectorAll('table')) {
      if (!seen(table) || table.querySelector('table')) continue;
      const rows = [...table.rows].filter(seen);
      const heading = rows.find(r => r.querySelector('th')) ?? null;
      const body = rows.filter(r => r !== heading && r.cells.length > 1);
      let columns = heading ? [...heading.cells].map(textOf) : null;
      // Grids of older libraries keep their headings in a table of their own.
      if (!columns && body.length && found.length && found.at(-1).columns && !found.at(-1).rows.length && Math.abs(found.at(-1).columns.length - body[0].cells.length) <= 1) { columns = found.at(-1).columns; found.pop(); }
      if (!columns && rows.length > 1 && rows[0].cells.length > 1 && [...rows[0].cells].every(c => textOf(c).length < 20 && !c.querySelector('input:not([type=checkbox]),select'))) { columns = [...rows[0].cells].map(textOf); body.splice(body.indexOf(rows[0]), 1); }
      found.push({ d, el: table, columns, rows: body });
    }
    for (const grid of d.doc.querySelectorAll('[role=grid],[role=table],[role=treegrid],ul,ol,[class*=list i],[class*=grid i],[class*=table i],[class*=rows i],tbody,dl')) {
      if (grid.tagName === 'TABLE' || grid.tagName === 'TBODY' || grid.querySelector('table') || !seen(grid)) continue;
      const given = [...grid.querySelectorAll('[role=row]')].filter(seen);
      const rows = given.length ? given : [...grid.children].filter(c => c.childElementCount > 1 && seen(c));
      if (!rows.length && !grid.getAttribute('role')) continue;
      const heading = rows.find(r => r.querySelector('[role=columnheader]') || /head/i.test(r.className?.toString?.() ?? '')) ?? null;
      const before = heading ?? (grid.previousElementSibling && /head/i.test(grid.previousElementSibling.className?.toString?.() ?? '') ? grid.previousElementSibling : null);
      const columns = heading?.querySelector('[role=columnheader]') ? [...heading.querySelectorAll('[role=columnheader]')].map(textOf) : before ? (before.childElementCount === 1 ? [...before.children[0].children] : [...before.children]).map(textOf) : null;
      found.push({ d, el: grid, columns, rows: rows.filter(r => r !== heading) });
    }
    return found;
  }
  const plainIp = t => { const m = t.trim().replace(/\/(32|128|255\.255\.255\.255)$/, ''); const r = /^([\d.]+)\s*[-~]\s*([\d.]+)$/.exec(m); return (r && r[1] === r[2] ? r[1] : m).toLowerCase(); };
  const cellIs = (text, wanted) => {
    if (plainIp(text) === plainIp(wanted) || norm(text) === norm(wanted)) return true;
    return /[\d:]/.test(wanted) && text.split(/[\s,;，；]+/).some(t => plainIp(t) === plainIp(wanted));
  };
  const columnAt = (columns, key) => {
    let at = -1, q = 0.84;
    (columns ?? []).forEach((c, i) => { const s = best([c], key.split('|')); if (s > q) [at, q] = [i, s]; });
    return at;
  };
  function fits(row, columns, wanted) {
    const cells = cellsOf(row).map(textOf);
    return Object.entries(wanted).every(([key, value]) => {
      const at = columnAt(columns, key);
      // Leading columns (boxes, numbers) may lack a heading: the value decides where headings and cells don't line up.
      if (at >= 0 && columns.length === cells.length) return cellIs(cells[at], value);
      return cells.some(c => cellIs(c, value));
    });
  }
  function rowFor(wanted) {
    for (const d of docs()) for (const t of tablesIn(d)) for (const row of t.rows) if (fits(row, t.columns, wanted)) return { d, row, table: t };
    return cardFor(Object.values(wanted)[0]);
  }
  // Lists without rows: the block around an address that has its like beside it, or its own control.
  function cardFor(value) {
    for (const d of docs()) for (const el of d.doc.querySelectorAll('*')) {
      if (el.childElementCount > 1 || el.textContent.length > 80 || /^(SCRIPT|STYLE|OPTION|INPUT|TEXTAREA)$/.test(el.tagName) || !cellIs(el.textContent, value) || !seen(el)) continue;
      for (let at = el, up = 0; at && up < 6 && at.tagName !== 'BODY'; at = at.parentElement, up++) {
        if (at.childElementCount < 2 || at.querySelectorAll('form').length > 2) continue;
        const like = [...(at.parentElement?.children ?? [])].filter(s => s !== at && s.tagName === at.tagName && s.className === at.className);
        if (like.length || [...at.querySelectorAll('a,button,input,[role=button]')].some(b => inGroup(nameOf(b), 'remove'))) return { d, row: at, table: { columns: null } };
      }
    }
    return null;
  }
  const addresses = () => { let n = 0; for (const d of docs()) for (const el of d.doc.querySelectorAll('td,h3,h4,h5,span,div,p,b,strong,li,dd')) if (!el.childElementCount && /^\d{1,3}(\.\d{1,3}){3}(\/\d+)?$/.test(el.textContent.trim()) && seen(el)) n++; return n; };
  const EMPTY = /暂无|没有(找到|数据|记录|符合)|无数据|无记录|(共|总计|合计)\s*0\s*(条|个|项)|no (data|records?|entries|results?|items|matching|blocked)|^empty|nothing|0 (entries|records|items|results)/i;
  function table(wanted) {
    const why = busy() ?? (masked() ? 'masked' : null);
    const hit = rowFor(wanted);
    if (hit) {
      const cells = cellsOf(hit.row).map(textOf), row = {};
      cells.forEach((c, i) => { row[norm(hit.table.columns?.length === cells.length ? hit.table.columns[i] : '') || 'c' + i] = c.slice(0, 200); });
      const named = {};
      if (hit.table.columns?.length === cells.length) hit.table.columns.forEach((c, i) => { if (c.trim()) named[c.trim().replace(/\s+/g, '')] = cells[i].slice(0, 200); });
      const acts = [...hit.row.querySelectorAll('a,button,input,[role=button],[onclick],span,i,img')].filter(seen);
      return { found: true, busy: why, row: { ...row, ...named }, text: textOf(hit.row).slice(0, 400), deletable: acts.some(a => inGroup(nameOf(a), 'remove')), selectable: acts.some(a => a.type === 'checkbox' || a.type === 'radio'), signature: signature() };
    }
    const all = docs().flatMap(tablesIn), keys = Object.keys(wanted);
    const fitting = all.filter(t => keys.some(k => columnAt(t.columns, k) >= 0));
    const body = docs().map(d => d.doc.body ? (d.doc.body.innerText ?? '') : '').join('\n');
    const rows = (fitting.length ? fitting : all.filter(t => t.rows.some(r => cellsOf(r).some(c => /^\d{1,3}(\.\d{1,3}){3}|^[0-9a-f:]+::?[0-9a-f:]+/i.test(textOf(c)))))).flatMap(t => t.rows);
    return { found: false, busy: why, here: fitting.length > 0 || rows.length > 0 || EMPTY.test(body) || addresses() > 0 || api.explore.isList(), count: rows.length, empty: EMPTY.test(body), next: nextPage(), search: !!searchBox(), signature: signature() };
  }
  // Which of many addresses stand on this page of the list, each with the cells of its row.
  function present(key, values) {
    const wanted = new Map(values.map(v => [plainIp(v), v])), rows = {};
    const match = text => [text, ...text.split(/[\s,;，；]+/)].map(t => wanted.get(plainIp(t))).find(Boolean);
    const keep = (value, row) => { if (value && !rows[value]) rows[value] = cellsOf(row).map(c => textOf(c).slice(0, 100)).slice(0, 20); };
    for (const d of docs()) {
      for (const t of tablesIn(d)) {
        const at = columnAt(t.columns, key);
        for (const row of t.rows) {
          const cells = cellsOf(row).map(textOf);
          for (const text of at >= 0 && t.columns.length === cells.length ? [cells[at]] : cells) if (text.length < 500) keep(match(text), row);
        }
      }
      for (const el of d.doc.querySelectorAll('*')) {
        const value = el.childElementCount || el.textContent.length > 80 ? null : wanted.get(plainIp(el.textContent));
        if (value && !rows[value]) { const card = cardFor(value); if (card) keep(value, card.row); }
      }
    }
    return { rows, next: nextPage(), signature: signature() };
  }
  const signature = () => docs().flatMap(tablesIn).map(t => t.rows.map(r => r.textContent.slice(0, 60)).join('|')).join('#').slice(0, 4000);
  function readTable(headers) {
    for (const d of docs()) for (const t of tablesIn(d)) {
      if (!t.columns || !headers.every(h => columnAt(t.columns, h) >= 0)) continue;
      return { found: true, rows: t.rows.slice(0, 500).map(r => { const cells = cellsOf(r).map(textOf), o = {}; headers.forEach(h => { o[h] = (cells[columnAt(t.columns, h)] ?? '').slice(0, 300); }); return o; }), next: nextPage(), signature: signature() };
    }
    return { found: false };
  }
  function nextPage(onlyWhether) {
    for (const d of docs()) for (const el of d.doc.querySelectorAll('a,button,span,li,[role=button],input[type=button],img,i')) {
      const name = nameOf(el) || el.title || '';
      if (name.length < 12 && inGroup(name, 'next') && (/[页page]/i.test(name) || /pag/i.test(el.className + ' ' + el.parentElement?.className + ' ' + el.closest('div,nav,ul,td')?.className) || name.length > 1) && pressable(el) && seen(el) && !disabled(el) && !disabled(el.parentElement ?? el)) {
        if (onlyWhether) return true;
        const c = { el, d }; if (!inView(middle(el, d))) el.scrollIntoView({ block: 'center', behavior: 'instant' });
        return fresh(c);
      }
    }
    return null;
  }
  function searchBox() {
    for (const d of docs()) for (const el of d.doc.querySelectorAll('input,[contenteditable=true]')) {
      if (!isText(el) || el.type === 'password' || el.readOnly || !seen(el)) continue;
      const hints = [el.placeholder ?? '', ...labelsOf(el), ...besides(el), el.id, el.name ?? ''].join(' ');
      const saysSearch = el.type === 'search' || /查询|搜索|检索|关键字|关键词|过滤|筛选|search|keyword|filter|query|find/i.test(hints);
      let button = null;
      for (let at = el.parentElement, up = 0; at && up < 5; at = at.parentElement, up++) {
        const near = [...at.querySelectorAll('a,button,input[type=button],input[type=submit],input[type=image],[role=button],span,i,img')].filter(b => pressable(b) && seen(b));
        if (near.some(b => inGroup(nameOf(b), 'add', 'confirm', 'login')) && !near.some(b => inGroup(nameOf(b), 'search'))) { button = undefined; break; }
        button = near.find(b => inGroup(nameOf(b), 'search') || /search|query|find/i.test(b.className?.toString?.() + b.id)) ?? null;
        if (button) break;
      }
      if (button === undefined && !saysSearch) continue;
      if (!button && !saysSearch) continue;
      if (button && !saysSearch && !best([el.placeholder ?? '', ...labelsOf(el), ...besides(el)], [...words.ip].slice(0, 12))) continue;
      return { d, el, button };
    }
    return null;
  }
  function search(value) {
    const box = searchBox();
    if (!box) return null;
    set(box.el, value);
    if (!box.button) { box.el.focus(); return { enter: true }; }
    if (!inView(middle(box.button, box.d))) box.button.scrollIntoView({ block: 'center', behavior: 'instant' });
    return fresh({ el: box.button, d: box.d });
  }

  /* ---- text ---- */
  function lines(test) {
    const found = new Set();
    for (const d of docs()) for (const line of (d.doc.body?.innerText ?? '').split('\n')) { const t = line.trim(); if (t && t.length <= 300 && test.test(t)) { found.add(t); if (found.size > 200) return [...found]; } }
    return [...found];
  }
  const telling = () => lines(new RegExp(SUCCESS.source + '|' + FAILURE.source, 'i'));
  const has = wanted => { const all = docs().map(d => d.doc.body?.innerText ?? '').join('\n'); const flat = norm(all); return wanted.find(w => flat.includes(norm(w))) ?? null; };
  const allText = most => docs().map(d => d.doc.body?.innerText ?? '').join('\n').slice(0, most);

  // The smallest block around some words that holds what a pattern asks for.
  function around(wanted, pattern) {
    let test = null;
    try { test = pattern ? new RegExp(pattern) : null; } catch { return ''; }
    for (const d of docs()) for (const el of d.doc.querySelectorAll('*')) {
      if (el.childElementCount || !el.textContent.trim() || !wanted.some(w => quality(el.textContent, w) >= 0.7) || !seen(el)) continue;
      for (let at = el, up = 0; at && up < 5; at = at.parentElement, up++) {
        const rest = textOf(at).replace(el.textContent.trim(), ' ').trim();
        if (rest && rest.length < 2000 && (!test || test.test(rest))) return rest;
      }
    }
    return '';
  }

  /* ---- pictures ---- */
  const hidden = new Set();
  let boxes = [];
  function mask(on) {
    for (const d of docs()) for (const el of d.doc.querySelectorAll('input')) if (el.type === 'password' || el.autocomplete === 'one-time-code') hidden.add(el);
    for (const el of hidden) if (on) el.style.setProperty('filter', 'brightness(0)', 'important'); else el.style.removeProperty('filter');
    return hidden.size;
  }
  function highlight(points) {
    for (const b of boxes) b.remove();
    boxes = points.map(p => { const b = document.createElement('div'); b.style.cssText = `position:fixed;left:${p.x - p.w / 2 - 4}px;top:${p.y - p.h / 2 - 4}px;width:${p.w + 8}px;height:${p.h + 8}px;border:3px solid #d9480f;border-radius:4px;z-index:2147483647;pointer-events:none;box-sizing:border-box`; document.documentElement.append(b); return b; });
  }

  const api = { state, now, buttons, forget: () => said.clear(), find, quiet, table, present, readTable, search, nextPage, telling, has, around, allText, mask, highlight, busy, choose, candidates,
    kit: { lines, docs, seen, norm, words, inGroup, nameOf, labelsOf, besides, roleOf, isText, isField, isButton, pressable, shortText, rectOf, fresh, inView, middle, quality, best, stable, DANGER, SUCCESS, FAILURE, tablesIn, cellsOf, textOf, disabled, columnAt, hidden, hitAt, related, nextPage, searchBox, set, EMPTY, addresses, rowFor, cellIs } };
  Object.defineProperty(window, KEY, { value: api });

  /* ---- listening ---- */
  addEventListener('beforeunload', () => { state.leaving = performance.now(); setTimeout(() => { if (document.visibilityState === 'visible') state.leaving = state.leaving && performance.now() - state.leaving > 8000 ? 0 : state.leaving; }, 8100); });
  addEventListener('pageshow', () => { state.leaving = 0; });
  const started = () => { if (state.pending++ === 0) state.oldest = performance.now(); };
  const ended = () => { state.pending = Math.max(0, state.pending - 1); state.changed = performance.now(); };
  const theirFetch = window.fetch;
  if (theirFetch) window.fetch = function (...args) { started(); const p = theirFetch.apply(this, args); p.then(ended, ended); return p; };
  const send = XMLHttpRequest.prototype.send;
  XMLHttpRequest.prototype.send = function (...args) { started(); this.addEventListener('loadend', ended, { once: true }); return send.apply(this, args); };
  const said = new Map();
  const say = text => {
    const t = text.trim();
    if (t.length < 2 || t.length > 200 || !(SUCCESS.test(t) || FAILURE.test(t)) || performance.now() - (said.get(t) ?? -3000) < 1500) return;
    said.set(t, performance.now());
    try { window[SAY]?.(`${now()} ${t}`); } catch { /* the run has ended */ }
  };
  const watch = () => {
    new MutationObserver(records => {
      state.changed = performance.now();
      let looked = 0;
      for (const r of records) {
        if (r.type === 'characterData') say(r.target.textContent ?? '');
        for (const n of r.addedNodes) { if (++looked > 60) return; say((n.nodeType === 1 ? n.innerText ?? n.textContent : n.textContent) ?? ''); }
        if (r.type === 'attributes' && r.target.textContent.length < 120 && r.target.textContent.length > 1) say(r.target.textContent);
      }
    }).observe(document, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ['class', 'style', 'hidden'] });
  };
  watch();
})();
