import { test as base, type Browser, type BrowserContext, type Page } from '@playwright/test';

/** How a page is looked at. */
export interface Look {
  locale: 'ko' | 'en';
  theme: 'light' | 'dark';
  width: number;
}

/**
 * Windows of one worker. To begin with a new browser profile for every picture takes longer than the picture, so one is kept for each look; each
 * page in it begins without anything that the page before left behind.
 */
class Windows {
  readonly #browser: Browser;
  readonly #contexts = new Map<string, BrowserContext>();

  constructor(browser: Browser) {
    this.#browser = browser;
  }

  async open(look: Look): Promise<Page> {
    const context = await this.#context(look);
    for (const page of context.pages()) {
      await page.evaluate(() => localStorage.clear()).catch(() => undefined); // It may show nothing of ours.
      await page.close();
    }
    await context.clearCookies();
    await context.setOffline(false);
    return context.newPage();
  }

  async close(): Promise<void> {
    for (const context of this.#contexts.values()) await context.close();
  }

  async #context({ locale, theme, width }: Look): Promise<BrowserContext> {
    const key = `${locale} ${theme} ${width}`;
    const context =
      this.#contexts.get(key) ??
      (await this.#browser.newContext({
        viewport: { width, height: width === 390 ? 844 : 800 },
        colorScheme: theme,
        hasTouch: width === 390,
        locale: locale === 'ko' ? 'ko-KR' : 'en-US',
        reducedMotion: 'reduce',
      }));
    this.#contexts.set(key, context);
    return context;
  }
}

export const test = base.extend<object, { windows: Windows }>({
  windows: [
    async ({ browser }, use) => {
      const windows = new Windows(browser);
      await use(windows);
      await windows.close();
    },
    { scope: 'worker' },
  ],
});
