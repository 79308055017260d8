// Applies the chosen theme and language before the first paint; a file of its own so that no inline script is needed.
try {
  const chosen = JSON.parse(localStorage.getItem('emosation.preferences') ?? '{}');
  if (chosen.theme === 'light' || chosen.theme === 'dark') {
    document.documentElement.dataset.theme = chosen.theme;
  }
  if (chosen.locale === 'ko' || chosen.locale === 'en')
    document.documentElement.lang = chosen.locale;
} catch {
  // Storage may be closed to us: the system's theme is right then.
}
