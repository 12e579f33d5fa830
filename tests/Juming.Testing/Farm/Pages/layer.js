const esc = s => String(s).replace(/[&<>"]/g, c => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }[c]));

async function post(url, body) {
  const token = document.querySelector('meta[name=csrf]').content;
  const answer = await fetch(url, { method: 'POST', headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': token }, body: JSON.stringify(body) });
  const json = await answer.json();
  if (answer.status === 401 && url !== '/api/login') {
    msg(json.msg);
    setTimeout(() => location = '/login.html', 1200);
    throw 0;
  }
  return json;
}

function msg(text) {
  const box = document.createElement('div');
  box.className = 'msg';
  box.textContent = text;
  document.body.append(box);
  setTimeout(() => box.remove(), 2000);
}

function box(title, html, ok) {
  const shade = document.createElement('div'), layer = document.createElement('div');
  shade.className = 'shade';
  layer.className = 'layer';
  layer.innerHTML = `<h4>${title}</h4><div class=bd>${html}</div><div class=ft>
    <a class="b ok" href="javascript:;" style="padding:7px 16px">[[确定|提交]]</a> <a class="b w no" href="javascript:;" style="padding:6px 16px">取消</a></div>`;
  document.body.append(shade, layer);
  const close = () => { shade.remove(); layer.remove(); };
  layer.querySelector('.no').onclick = close;
  layer.querySelector('.ok').onclick = async () => { if (await ok(layer)) close(); };
}

function ask(text, yes) {
  box('信息', esc(text), () => { yes(); return true; });
}
