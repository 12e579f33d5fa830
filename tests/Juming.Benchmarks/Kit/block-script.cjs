// Blocks addresses on one console through a real browser, as somebody writes it who knows the console: node block-script.cjs DRIVER ADDRESS USER PASSWORD session|cold RUNS.
// Each block is read back from a fresh load of the list and pictured twice. Prints the milliseconds of each, one line apiece.
const [driver, address, user, password, mode, runs] = process.argv.slice(2);
const { chromium } = require(driver);
const options = { executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'], headless: true };
const list = new URL('/block', address).href;
let count = 0;

async function signIn(page) {
  await page.goto(address, { waitUntil: 'domcontentloaded' });
  await page.fill('input[name=user]', user);
  await page.fill('input[name=password]', password);
  await Promise.all([page.waitForURL('**/status'), page.click('button')]);
}

async function block(page) {
  const target = `192.0.2.${++count}`;
  if (page.url() !== list) await page.goto(list, { waitUntil: 'domcontentloaded' });
  await page.click('summary');
  await page.fill('input[name=ip]', target);
  await page.fill('input[name=minutes]', '0');
  await page.fill('input[name=note]', 'script');
  await page.screenshot({ type: 'jpeg', quality: 60 });
  await page.click('button[value=add]');
  await page.waitForFunction(() => document.querySelector('#said')?.textContent === '添加成功');
  await page.goto(list, { waitUntil: 'domcontentloaded' });
  if (await page.locator('td', { hasText: target }).count() !== 1) throw new Error(`${target} is not in the list`);
  await page.screenshot({ type: 'jpeg', quality: 60 });
}

async function open(browser) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  return await context.newPage();
}

(async () => {
  let browser, page;
  if (mode === 'session') {
    browser = await chromium.launch(options);
    page = await open(browser);
    await signIn(page);
    await block(page);
  }
  for (let i = 0; i < +runs; i++) {
    const began = process.hrtime.bigint();
    if (mode === 'cold') {
      browser = await chromium.launch(options);
      page = await open(browser);
      await signIn(page);
    }
    await block(page);
    console.log(Number(process.hrtime.bigint() - began) / 1e6);
    if (mode === 'cold') await browser.close();
  }
  if (mode === 'session') await browser.close();
})();
