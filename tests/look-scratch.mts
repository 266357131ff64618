import { chromium } from 'playwright-core';
import { assembleGuests, guest } from './guests/assemble';
import { apiOf, uploadImage } from './support/api';
import { sleep, TestConsole } from './support/console';
const plan = await import(process.argv[2] ?? '');
assembleGuests();
const tested = await TestConsole.start();
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox','--use-angle=swiftshader','--enable-unsafe-swiftshader'] });
try {
  const api = await apiOf(tested);
  const kernelId = await uploadImage(api, 'kernel', 'payload', guest('halt'));
  const tools = { tested, api, kernelId, browser, sleep };
  const [name = '', value = ''] = tested.sessionCookie.split('=');
  const open = async ({ width = 1280, height = 900, theme = 'light', language = 'en' } = {}) => {
    const context = await browser.newContext({ colorScheme: theme as never, viewport: { width, height }, locale: language === 'zh' ? 'zh-CN' : 'en-GB', hasTouch: width < 500 });
    await context.addCookies([{ name, value, url: tested.address }]);
    const page = await context.newPage();
    page.on('pageerror', (e) => console.log('PAGEERROR', String(e)));
    page.on('console', (m) => m.type() === 'error' && console.log('CONSOLE', m.text().slice(0, 300)));
    return page;
  };
  await plan.default({ ...tools, open, go: async (page: any, route: string) => { await page.goto(`${tested.address}/${route}`); await sleep(1500); }, shot: (page: any, n: string, full = false) => page.screenshot({ path: `/tmp/h/shots/${n}.png`, fullPage: full }) });
} finally { await browser.close(); await tested.remove(); }
process.exit(0);
