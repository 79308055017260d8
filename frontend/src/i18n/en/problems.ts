/** Words for what can go wrong: by the problem's stable code where we know it, else by its kind. */
export const problems = {
  title: 'This could not be loaded',
  unreachable: 'The server cannot be reached. Check your connection and try again.',
  server: 'Something went wrong on the server. Please try again in a moment.',
  forbidden: 'This is not possible right now.',
  notFound: 'It was not found. It may be gone, or not yours to see.',
  conflict: 'Something changed in the meantime. Please look again.',
  invalid: 'Please check what you entered.',
  signedOut: 'Your session has ended. Please log in again.',
  limited: 'That was too many tries. Please try again in {{wait}}.',
  busy: 'The server is busy. Please try again in {{wait}}.',
  soon: 'a moment',
  seconds_one: '{{count}} second',
  seconds_other: '{{count}} seconds',
  minutes_one: '{{count}} minute',
  minutes_other: '{{count}} minutes',
} as const;
