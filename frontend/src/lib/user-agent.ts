interface Device {
  browser: string | undefined;
  system: string | undefined;
  mobile: boolean;
}

// In this order: nearly every browser also claims to be the ones further down.
const browsers: [RegExp, string][] = [
  [/\bEdg/, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/SamsungBrowser/, 'Samsung Internet'],
  [/Whale\//, 'Whale'],
  [/Firefox|FxiOS/, 'Firefox'],
  [/Chrome|CriOS/, 'Chrome'],
  [/Safari/, 'Safari'],
];
const systems: [RegExp, string][] = [
  [/Android/, 'Android'],
  [/iPhone|iPad/, 'iOS'],
  [/Windows/, 'Windows'],
  [/Mac OS X|Macintosh/, 'macOS'],
  [/CrOS/, 'ChromeOS'],
  [/Linux/, 'Linux'],
];

/** What a User-Agent header says about the device, in names people know; nothing is decided on it. */
export function deviceOf(userAgent: string): Device {
  const name = (known: [RegExp, string][]) => known.find(([sign]) => sign.test(userAgent))?.[1];
  return {
    browser: name(browsers),
    system: name(systems),
    mobile: /Mobile|Android|iPhone|iPad/.test(userAgent),
  };
}
