// The little that the console does in the browser: theme, menu, keys, and recovery when the server was restarted.
const root = document.documentElement;

window.jm = {
  ready() { root.dataset.ready = 'interactive'; },
};

document.addEventListener('click', event => {
  const act = event.target.closest('[data-act]')?.dataset.act;
  if (act === 'theme') {
    root.dataset.theme = root.dataset.theme === 'dark' ? 'light' : 'dark';
    localStorage.setItem('jm-theme', root.dataset.theme);
  }
  if (act === 'copy') navigator.clipboard?.writeText(event.target.closest('[data-text]')?.dataset.text ?? '');
  if (act === 'menu') document.querySelector('.side')?.classList.toggle('shown');
  if (event.target.closest('.side a')) document.querySelector('.side')?.classList.remove('shown');
});

let goes = '';
const pages = { l: '/logs', a: '/alerts', i: '/incidents', s: '/sources', d: '/' };
document.addEventListener('keydown', event => {
  const typing = event.target.closest('input, textarea, select, [contenteditable]');
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === 'Escape' && typing) { typing.blur(); return; }
  if (typing) return;
  if (goes === 'g' && pages[event.key]) { location.href = pages[event.key]; return; }
  goes = event.key;
  if (event.key === '/') { event.preventDefault(); document.querySelector('input[type=search]')?.focus(); }
  if (event.key === 'j' || event.key === 'k') {
    const links = [...document.querySelectorAll('.list tbody tr a[href], .list tbody tr button.link')].filter((a, i, all) => all.findIndex(b => b.closest('tr') === a.closest('tr')) === i);
    const at = links.findIndex(a => a.closest('tr') === document.activeElement?.closest('tr'));
    links[event.key === 'j' ? Math.min(at + 1, links.length - 1) : Math.max(at - 1, 0)]?.focus();
  }
  if (event.key === 'D' && event.shiftKey) document.querySelector('[data-act=theme]')?.click();
});

// A circuit that can't be resumed is a reload: everything that matters stands in the address.
const modal = document.getElementById('components-reconnect-modal');
if (modal) new MutationObserver(() => {
  if (modal.classList.contains('components-reconnect-failed') || modal.classList.contains('components-reconnect-rejected')) location.reload();
}).observe(modal, { attributes: true, attributeFilter: ['class'] });
