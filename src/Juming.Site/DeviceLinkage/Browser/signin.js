// What a run sees of a sign-in: the form, what the page says about an attempt, and whether somebody is signed in.
(() => {
  const eyes = window[Symbol.for('juming.eyes')];
  if (!eyes || eyes.signIn) return;
  const k = eyes.kit;
  const CAPTCHA = /captcha|verify|vcode|randcode|rand_?img|check_?code|valid|kaptcha|authcode|seccode|验证码|校验码|附加码|看不清|换一张/i;
  const LOGOUT = /^[\[(（【]?\s*(安全)?(退出|注销|登出|离开系统)|^(log|sign) ?(out|off)\b/i;
  const ABOUT = /已(经)?登录|在线|强制(登录|下线)|踢|下线|已在.{0,8}登录|修改.{0,6}(密码|口令)|许可|授权|already (logged|signed)|another (session|user)|force|change.{0,20}password/i;
  const SLIDER = /滑块|滑动|拖动|拖拽|向右|slide|slider|drag/i;
  const at = (el, d) => el ? { ...k.fresh({ el, d }) } : null;
  const hints = el => [...k.labelsOf(el), ...k.besides(el), el.placeholder ?? ''];
  const attributes = el => [el.id, el.getAttribute('name') ?? '', el.className?.toString?.() ?? '', el.getAttribute('src')?.slice(0, 200) ?? '', el.getAttribute('alt') ?? '', el.title ?? ''].join(' ');

  function fields(d) { return [...d.doc.querySelectorAll('input,[contenteditable=true]')].filter(el => k.isText(el) && k.seen(el)); }
  function passwords(d) { return fields(d).filter(el => el.type === 'password' || (k.best(hints(el), [...k.words.password]) >= 0.9 && el.type === 'text')); }

  function form() {
    for (const d of k.docs()) {
      const secret = passwords(d).filter(p => k.best(hints(p), [...k.words.otp]) < 0.9);
      if (!secret.length) continue;
      const all = fields(d), password = secret[0];
      const others = all.filter(el => el !== password && !secret.includes(el));
      const captcha = others.find(el => k.best(hints(el), [...k.words.captcha]) >= 0.85 && k.best(hints(el), [...k.words.otp]) < 0.9 || CAPTCHA.test(el.id + ' ' + (el.name ?? ''))) ?? null;
      const otp = others.find(el => el !== captcha && k.best(hints(el), [...k.words.otp]) >= 0.85) ?? null;
      const rest = others.filter(el => el !== captcha && el !== otp);
      const before = rest.filter(el => el.compareDocumentPosition(password) & Node.DOCUMENT_POSITION_FOLLOWING);
      const user = rest.find(el => k.best(hints(el), [...k.words.user]) >= 0.85) ?? rest.find(el => /user|account|login|name/i.test(el.id + ' ' + el.name)) ?? before.at(-1) ?? null;
      const box = around(password, user);
      return { d, password, user, captcha, otp, box, secret };
    }
    return null;
  }
  function around(password, user) {
    let at = password.closest('form') ?? password.parentElement;
    while (at && at.parentElement && at.tagName !== 'BODY' && !((!user || at.contains(user)) && presses(at).length)) at = at.parentElement;
    return at ?? password.ownerDocument.body;
  }
  const presses = box => [...box.querySelectorAll('button,input[type=submit],input[type=button],input[type=image],a,[role=button],div,span,img')].filter(el => el.childElementCount < 4 && (k.inGroup(k.nameOf(el), 'login') || (k.isButton(el) && el.type === 'submit') || (k.inGroup(k.nameOf(el), 'confirm') && k.isButton(el)) || (el.tagName === 'INPUT' && el.type === 'image')) && k.seen(el));
  function submitOf(f) {
    const all = presses(f.box).length ? presses(f.box) : presses(f.d.doc.body);
    return all.find(el => k.inGroup(k.nameOf(el), 'login') && k.pressable(el)) ?? all.find(el => k.inGroup(k.nameOf(el), 'login')) ?? all.find(el => el.type === 'submit') ?? all[0] ?? null;
  }
  // An image without a size of its own is not there until it has come, and one that is being changed still shows the last.
  const hasCome = el => el.tagName !== 'IMG' || (el.complete && el.naturalWidth > 0);
  function pictureOf(f) {
    const inBox = el => k.seen(el) && k.rectOf(el).width >= 40 && k.rectOf(el).width <= 420 && k.rectOf(el).height >= 16 && k.rectOf(el).height <= 220;
    const pictures = [...f.d.doc.querySelectorAll('img,canvas,svg,[style*=background-image]')].filter(inBox);
    const named = pictures.filter(p => CAPTCHA.test(attributes(p)) || CAPTCHA.test(attributes(p.parentElement)));
    if (named.length) return named[0];
    if (!f.captcha) return null;
    const c = k.rectOf(f.captcha), far = p => { const r = k.rectOf(p); return Math.abs(r.top + r.height / 2 - c.top - c.height / 2) + Math.abs(r.left - c.right) * 0.3; };
    return pictures.filter(p => far(p) < 220).sort((a, b) => far(a) - far(b))[0] ?? null;
  }
  // A sum that stands as text needs no reader.
  function sumOf(f) {
    if (!f.captcha) return null;
    let at = f.captcha.parentElement;
    for (let up = 0; up < 4 && at; up++, at = at.parentElement) {
      const m = /([0-9零一二三四五六七八九十壹贰叁肆伍陆柒捌玖]{1,3})\s*([+\-*×xX÷/加减乘除]|加上|减去|乘以)\s*([0-9零一二三四五六七八九十壹贰叁肆伍陆柒捌玖]{1,3})\s*(=|等于|＝)/.exec((at.innerText ?? '').normalize('NFKC'));
      if (m) return m[0];
    }
    return null;
  }
  function sliderOf(f) {
    for (const el of f.d.doc.querySelectorAll('div,span,button,i,input[type=range]')) {
      if (el.childElementCount > 3 || !k.seen(el)) continue;
      const r = k.rectOf(el);
      if (r.width < 16 || r.width > 80 || r.height < 16 || r.height > 80) continue;
      const own = attributes(el), up = el.parentElement ? attributes(el.parentElement) + ' ' + (el.parentElement.textContent ?? '').slice(0, 60) : '';
      if (!(/handle|btn|button|block|knob|thumb|slider|drag|滑块/i.test(own) && SLIDER.test(own + ' ' + up))) continue;
      let stage = el.parentElement;
      for (let i = 0; i < 5 && stage && !stage.querySelector('img,canvas'); i++) stage = stage.parentElement;
      const pictures = stage ? [...stage.querySelectorAll('img,canvas')].filter(k.seen).sort((a, b) => k.rectOf(b).width - k.rectOf(a).width) : [];
      if (!pictures.length || k.rectOf(pictures[0]).width < 120) continue;
      return { handle: el, picture: pictures[0], piece: pictures[1] ?? null, track: el.parentElement };
    }
    return null;
  }
  // The pictures as they are drawn, from the page's own memory: asking for them again would change what the device expects.
  function sliderPictures() {
    const f = form(), s = f && sliderOf(f);
    if (!s) return null;
    const draw = el => { const c = document.createElement('canvas'); c.width = el.naturalWidth || el.width; c.height = el.naturalHeight || el.height; c.getContext('2d').drawImage(el, 0, 0); return c.toDataURL('image/png'); };
    const ground = k.rectOf(s.picture), wide = s.picture.naturalWidth || s.picture.width, scale = ground.width / wide;
    try {
      if (s.piece) { const p = k.rectOf(s.piece); return { ground: draw(s.picture), piece: draw(s.piece), start: (p.left - ground.left) / scale, width: p.width / scale, scale }; }
    } catch { return null; }
    return null;
  }
  function refreshOf(f, picture) {
    const all = [...f.d.doc.querySelectorAll('a,span,button,i,img,div')].filter(el => el.childElementCount < 3 && /看不清|换一张|刷新|refresh|reload|change/i.test(k.nameOf(el) + ' ' + attributes(el)) && k.nameOf(el).length < 30 && k.seen(el) && k.pressable(el));
    return all[0] ?? picture;
  }
  function target(form) {
    const action = form?.getAttribute('action');
    if (!form || action === null || action === undefined || action === '' || /^javascript:/i.test(action)) return null;
    try { return new URL(action, form.ownerDocument.baseURI).href; } catch { return 'invalid:'; }
  }
  function look() {
    const f = form();
    if (!f) return { form: false };
    const picture = pictureOf(f), slider = sliderOf(f), submit = submitOf(f);
    // Forms nested by script may hide where they post: each one around the field counts, and a button may name its own.
    const posts = [target(f.password.closest('form')), f.user ? target(f.user.closest('form')) : null, submit?.getAttribute?.('formaction') ? new URL(submit.getAttribute('formaction'), f.d.doc.baseURI).href : null].filter(Boolean);
    const agree = [...f.d.doc.querySelectorAll('input[type=checkbox],[role=checkbox]')].find(el => !el.checked && el.getAttribute('aria-checked') !== 'true' && /同意|阅读|协议|条款|agree|terms|accept/i.test([...hints(el), el.parentElement?.textContent?.slice(0, 80) ?? ''].join(' '))) ?? null;
    k.hidden.add(f.password);
    if (f.otp) k.hidden.add(f.otp);
    return {
      form: true, user: at(f.user, f.d), password: at(f.password, f.d), captcha: at(f.captcha, f.d), otp: at(f.otp, f.d), submit: at(submit, f.d), agree: at(agree, f.d),
      picture: (f.captcha || slider) && picture && !slider ? at(picture, f.d) : null, pictureCame: picture !== null && hasCome(picture), sum: sumOf(f), refresh: picture ? at(refreshOf(f, picture), f.d) : null,
      slider: slider ? { handle: at(slider.handle, f.d), picture: at(slider.picture, f.d), piece: at(slider.piece, f.d), track: at(slider.track, f.d) } : null,
      posts, frame: f.d.doc.location.href, passwords: f.secret.length, userValue: f.user?.value ?? null,
    };
  }
  function put(which, value) {
    const f = form();
    if (!f || !f[which]) return false;
    k.set(f[which], value);
    if (which !== 'user') k.hidden.add(f[which]);
    return true;
  }
  // Focus for the keyboard: what is secret is typed, not set.
  function focus(which) {
    const f = form();
    if (!f || !f[which]) return null;
    f[which].focus();
    f[which].select?.();
    return { posts: [target(f[which].closest('form'))].filter(Boolean), frame: f.d.doc.location.href };
  }
  const pick = (box, ...groups) => { for (const d of k.docs()) { const el = [...d.doc.querySelectorAll('button,a,input[type=button],input[type=submit],[role=button],span,div')].find(e => e.childElementCount < 3 && k.inGroup(k.nameOf(e), ...groups) && k.pressable(e) && k.seen(e)); if (el) return at(el, d); } return null; };
  function standing() {
    const f = form(), docs = k.docs();
    let out = null, menus = 0;
    for (const d of docs) for (const el of d.doc.querySelectorAll('a,button,span,li,div,[role],img,i,td')) {
      if (el.childElementCount > 3) continue;
      const name = k.nameOf(el);
      if (!name || name.length > 24) continue;
      if (!out && (k.inGroup(name, 'logout') || LOGOUT.test(name)) && k.seen(el)) out = name;
      if (k.inGroup(name, 'section', 'list') && k.seen(el)) menus++;
    }
    let otp = null;
    if (!f) for (const d of docs) { const el = fields(d).find(e => k.best(hints(e), [...k.words.otp]) >= 0.85 || /otp|totp|mfa|token|2fa|dynamic/i.test(e.id + ' ' + e.name)); if (el) { otp = { ...at(el, d), posts: [target(el.closest('form'))].filter(Boolean), frame: d.doc.location.href }; k.hidden.add(el); break; } }
    const fresh = docs.flatMap(d => passwords(d)).filter(p => /新密码|新口令|确认密码|确认口令|再次输入|new password|confirm|retype/i.test(hints(p).join(' '))).length;
    return { form: !!f, signedIn: !f && !otp && !fresh && (!!out || menus >= 3), marker: out, menus, otp, change: fresh >= 1, telling: [...new Set([...eyes.telling(), ...k.lines(ABOUT)])], text: eyes.allText(4000), busy: eyes.busy(), captcha: f?.captcha ? true : false };
  }
  function otpFocus() {
    for (const d of k.docs()) {
      const el = fields(d).find(e => k.best(hints(e), [...k.words.otp]) >= 0.85 || /otp|totp|mfa|token|2fa|dynamic/i.test(e.id + ' ' + e.name));
      if (!el) continue;
      el.focus(); el.select?.(); k.hidden.add(el);
      let box = el.closest('form') ?? el.parentElement;
      const near = b => [...b.querySelectorAll('button,input[type=submit],input[type=button],a,[role=button]')].find(e => (k.inGroup(k.nameOf(e), 'login', 'confirm') || /验证|verify|continue|下一步|next/i.test(k.nameOf(e))) && k.seen(e));
      let submit = near(box);
      while (!submit && box.parentElement) { box = box.parentElement; submit = near(box); }
      return { submit: submit ? at(submit, d) : null };
    }
    return null;
  }
  eyes.signIn = { look, sliderPictures, put, focus, standing, pick, otpFocus };
})();
