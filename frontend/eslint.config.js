import js from '@eslint/js';
import jsxA11y from 'eslint-plugin-jsx-a11y';
import reactHooks from 'eslint-plugin-react-hooks';
import globals from 'globals';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

// Imports point one way: app → features → api, realtime, ui, i18n, lib. Every import across folders is written
// with the "@/" alias, so that a path alone tells which layer it reaches.
const climbing = {
  regex: '^\\.\\./',
  message: 'Import across folders through "@/", so that the layer rules see it.',
};
const forbid = (message, ...regex) => regex.map((r) => ({ regex: r, message }));

const testsOnly = forbid('Imported by tests only.', '^@/testing/');

const layer = (files, patterns) => ({
  files,
  rules: {
    'no-restricted-imports': ['error', { patterns: [climbing, ...testsOnly, ...patterns] }],
  },
});

export default defineConfig([
  globalIgnores(['dist', 'src/api/schema.gen.ts', 'test-results', 'playwright-report']),
  js.configs.recommended,
  tseslint.configs.strict,
  tseslint.configs.stylistic,
  reactHooks.configs.flat.recommended,
  jsxA11y.flatConfigs.recommended,
  {
    languageOptions: { globals: globals.browser },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
      '@typescript-eslint/no-non-null-assertion': 'error',
      'no-console': 'error',
      eqeqeq: 'error',
      // A component of ours that is a labelled control.
      'jsx-a11y/no-autofocus': ['error', { ignoreNonDOM: true }],
    },
  },
  layer(['src/app/**', 'src/main.tsx'], []),
  layer(['src/features/**'], forbid('Features know nothing of the app around them.', '^@/app/')),
  layer(
    ['src/api/**', 'src/realtime/**'],
    forbid('The wire knows no feature and no component.', '^@/(app|features|ui)/'),
  ),
  layer(['src/ui/**'], forbid('The kit has no domain words.', '^@/(app|features|api|realtime)/')),
  layer(
    ['src/lib/**', 'src/i18n/**'],
    forbid(
      'Below everything: imports nothing of ours but its own folder.',
      '^@/(app|features|api|realtime|ui)/',
    ),
  ),
  // Another feature's data may be asked for, its components may not.
  ...[
    'account',
    'announcements',
    'friends',
    'rooms',
    'messages',
    'emotion',
    'order',
    'booking',
    'search',
  ].map((noun) =>
    layer(
      [`src/features/${noun}/**`],
      forbid(
        'Another feature is reached through its queries.ts only; compose components in app/.',
        '^@/app/',
        `^@/features/(?!${noun}/)[^/]+/(?!queries$)`,
      ),
    ),
  ),
  layer(
    ['src/features/mood/**'],
    forbid(
      'Moods are told in the words, shapes and inks of readings; all else through the queries.ts of its feature.',
      '^@/app/',
      '^@/features/(?!mood/|emotion/)[^/]+/(?!queries$)',
    ),
  ),
  layer(
    ['src/features/admin/**'],
    forbid(
      'Another feature is reached through its queries.ts; what cannot be undone asks for the password as account pages do.',
      '^@/app/',
      '^@/features/(?!admin/|account/reauthenticate$)[^/]+/(?!queries$)',
    ),
  ),
  {
    files: ['**/*.test.{ts,tsx}', 'src/testing/**'],
    rules: { 'no-restricted-imports': ['error', { patterns: [climbing] }] },
  },
  { files: ['*.config.{js,ts}', 'e2e/**'], languageOptions: { globals: globals.node } },
]);
