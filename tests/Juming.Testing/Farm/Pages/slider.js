const get = id => document.getElementById(id), version = {{version}};
let pic, ims, from = null, x = 0, track = [];

async function load() {
  pic = await (await fetch('/slide/captcha')).json();
  ims = await Promise.all([pic.bg, pic.piece].map(src => new Promise(done => {
    const image = new Image();
    image.onload = () => done(image);
    image.src = src;
  })));
  if (version === 1) {
    get('bg').src = pic.bg;
    get('pc').src = pic.piece;
    get('pc').style.top = pic.y + 'px';
  }
  put(0);
}

function put(at) {
  x = at;
  get('knob').style.left = at + 'px';
  if (version === 1) {
    get('pc').style.left = at + 'px';
    return;
  }
  const canvas = get('cv').getContext('2d');
  canvas.drawImage(ims[0], 0, 0);
  canvas.drawImage(ims[1], at, pic.y);
}

get('knob').onmousedown = e => {
  from = e.clientX;
  track = [[0, performance.now()]];
  e.preventDefault();
};
onmousemove = e => {
  if (from === null) return;
  put(Math.max(0, Math.min(262, e.clientX - from)));
  track.push([x, performance.now()]);
};
onmouseup = async () => {
  if (from === null) return;
  from = null;
  const answer = await (await fetch('/slide/check', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ x, track: JSON.stringify(track) }) })).json();
  if (answer.ok) {
    get('rail').className = 'rail ok';
    get('hint').textContent = '验证通过';
  } else {
    get('hint').textContent = '验证失败,请重试';
    await load();
  }
};
load();
