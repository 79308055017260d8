const DAY = 86_400_000;

/** Whether it has the form of a week of ISO 8601, "2026-W47"; not every number is one of its year. */
export function isWeek(text: unknown): text is string {
  return typeof text === 'string' && /^\d{4}-W\d{2}$/.test(text);
}

/** The week that comes so many weeks later, or before. */
export function weekAfter(week: string, by: number): string {
  const monday = mondayOf(Number(week.slice(0, 4)), numberOf(week) + by);
  const year = new Date(monday + 3 * DAY).getUTCFullYear(); // A week belongs to the year of its Thursday.
  const number = Math.round((monday - mondayOf(year, 1)) / (7 * DAY)) + 1;
  return `${String(year).padStart(4, '0')}-W${String(number).padStart(2, '0')}`;
}

/** 47 of "2026-W47". */
export function numberOf(week: string): number {
  return Number(week.slice(6));
}

/** When a week begins in UTC, in milliseconds since 1970. The week with 4 January in it is the first one. */
function mondayOf(year: number, number: number): number {
  const fourth = Date.UTC(year, 0, 4);
  const sinceMonday = (new Date(fourth).getUTCDay() + 6) % 7;
  return fourth + (7 * (number - 1) - sinceMonday) * DAY;
}
