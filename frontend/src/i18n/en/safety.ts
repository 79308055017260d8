/** Words for what proves that somebody is who they say they are. Fetched by the pages that need them. */
export const safety = {
  proof: {
    title: 'Your password, once more',
    text: 'This cannot simply be taken back, so please prove that it is you. It counts for five minutes.',
    password: 'Password',
    missing: 'Please enter your password.',
    wrong: 'That is not your password.',
    submit: 'Go on',
    busy: 'Checking…',
  },
} as const;
