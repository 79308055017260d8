import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import type { Plugin } from 'vite';
import { configDefaults, defineConfig } from 'vitest/config';
import { budget } from './budget.ts';

// The Go server that `npm run dev` forwards API and socket calls to.
const backend = process.env.EMOSATION_DEV_BACKEND ?? 'http://127.0.0.1:8080';

// The licence of the bundled scripts is Vite's to collect (build.license); a font's has to travel with it, too.
const fontLicense: Plugin = {
  name: 'font-license',
  apply: 'build',
  generateBundle() {
    const source = readFileSync(
      fileURLToPath(new URL('./node_modules/pretendard/dist/LICENSE.txt', import.meta.url)),
    );
    this.emitFile({ type: 'asset', fileName: 'pretendard-OFL.txt', source });
  },
};

/*
 * Tests that need no window, no texts and no server. To make these for a file takes longer than most tests of it, so that who needs none of
 * them is listed here.
 */
const pure = [
  'src/lib/**/*.test.ts',
  'src/styles/*.test.ts',
  'src/ui/chart/*.test.ts',
  'src/i18n/texts.test.ts',
  'src/realtime/{backoff,client-id,envelopes,tabs}.test.ts',
  'src/features/{booking,order,rooms,search}/*.test.ts',
  'src/features/account/field-rules.test.ts',
  'src/features/admin/*.test.ts',
  'src/features/messages/{list-items,runs,thread,unread}.test.ts',
  'src/features/mood/moments.test.ts',
];

export default defineConfig({
  // A language's texts, at most 14 KiB, come beside the measured files.
  plugins: [react(), fontLicense, budget('src/app/room-page.tsx', 216)],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  server: {
    proxy: { '/api': { target: backend, ws: true } },
  },
  build: {
    // light-dark() and color-mix() are used as they are; these are the first browsers with both.
    target: ['chrome123', 'edge123', 'firefox120', 'safari17.5'],
    sourcemap: true,
    license: { fileName: 'licenses.md' },
    rolldownOptions: {
      output: {
        // A few files instead of dozens: what every page needs, in one part that changes rarely and one that changes often.
        codeSplitting: {
          groups: [
            {
              name: 'vendor',
              test: /node_modules\/(react|react-dom|scheduler|@tanstack|i18next|react-i18next|openapi-fetch)\//,
            },
            // What lies in a folder of the kit is for few pages.
            { name: 'kit', test: /src\/(ui\/[^/]+$|(lib|api|i18n\/i18n)\b)/ },
          ],
        },
      },
    },
  },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'pages',
          environment: 'jsdom',
          setupFiles: ['src/testing/setup.ts'],
          include: ['src/**/*.test.{ts,tsx}'],
          exclude: [...configDefaults.exclude, ...pure],
        },
      },
      { extends: true, test: { name: 'pure', environment: 'node', include: pure } },
    ],
    css: { modules: { classNameStrategy: 'non-scoped' } },
    restoreMocks: true,
    maxWorkers: '100%', // One less than that leaves half of a small machine idle.
    testTimeout: 20_000, // A busy machine is no reason to fail; what never comes does so long before.
  },
});
