const value = id => document.getElementById(id).value;
document.getElementById('sub').onclick = async () => {
  const answer = await post('/api/login', { u: value('username'), p: value('passwd'), agree: document.getElementById('agree').checked ? 'true' : '' });
  if (answer.code === 0) location = '/index.html';
  else msg(answer.msg);
};
document.getElementById('passwd').onkeydown = e => { if (e.key === 'Enter') document.getElementById('sub').click(); };
