import { defineConfig } from '@playwright/test';

// The tests start no server: E2E_BASE_URL says where one runs.
const baseURL = process.env.E2E_BASE_URL;
if (!baseURL)
  throw new Error('E2E_BASE_URL must name the running server, like http://127.0.0.1:8080');

const journeys = [
  'journey.spec.ts',
  'search.spec.ts',
  'groups.spec.ts',
  'pickup.spec.ts',
  'invite.spec.ts',
  'readings.spec.ts',
  'accounts.spec.ts',
];

export default defineConfig({
  testDir: '.',
  outputDir: '../test-results',
  // Pages and how they behave are proven on one stack; on the other, whole journeys show that it serves them as well.
  testMatch: process.env.E2E_STACK === 'embedded' ? journeys : '*.spec.ts',
  fullyParallel: true,
  forbidOnly: !!process.env.CI,
  workers: 2,
  // On a machine that others use as well a browser may miss its moment once; what needs the second try is listed as flaky.
  retries: 1,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: 'list',
  use: {
    baseURL,
    locale: 'ko-KR',
    timezoneId: 'Asia/Seoul',
    trace: 'on-first-retry', // To keep one in case of need takes a third of the time of all tests.
    launchOptions: {
      executablePath: process.env.E2E_CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
