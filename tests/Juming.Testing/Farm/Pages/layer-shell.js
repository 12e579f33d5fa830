const main = document.getElementById('main');
document.querySelectorAll('.side span').forEach(s => s.onclick = () => s.parentNode.classList.toggle('on'));
document.querySelectorAll('.side a').forEach(a => a.onclick = () => show(a.dataset.p));
document.getElementById('out').onclick = () => post('/api/logout', {}).then(() => location = '/login.html');

async function show(p) {
  const answer = await post('/api/page', { p });
  main.innerHTML = answer.html;
  if (p === 'b' || p === 'w') list(p);
}

async function list(kind) {
  const answer = await post('/api/list', { kind });
  document.getElementById('tb').innerHTML = answer.data.map(e => `<tr><td><input type=checkbox></td><td>${esc(e.ip)}</td><td>${esc(e.memo)}</td><td>${e.ttl}</td>
    <td><i class=on>${e.state}</i></td><td>${e.time}</td><td><button class="b s r"{{off}} onclick="del('${kind}',${e.id})">[[删除|移除]]</button></td></tr>`).join('');
  document.getElementById('cnt').textContent = '共 ' + answer.data.length + ' 条';
}

function del(kind, id) {
  ask('[[确定要删除吗?|移除后该地址将恢复访问,是否继续?]]', async () => {
    const answer = await post('/api/del', { kind, id });
    msg(answer.msg);
    list(kind);
  });
}

function add(kind, title) {
  box(title, `{{form}}`, async layer => {
    const value = n => layer.querySelector('[name=' + n + ']').value;
    const answer = await post('/api/add', { kind, ip: value('{{ip}}'), ttl: value('{{ttl}}'), memo: value('{{memo}}') });
    msg(answer.msg);
    if (answer.code === 0) list(kind);
    return answer.code === 0;
  });
}

show('status');
