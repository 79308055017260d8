/** The steps of creating a room, as its address names them; apart, because every page knows the addresses. */
export const steps = ['kind', 'box', 'store', 'details'] as const;
export type Step = (typeof steps)[number];
