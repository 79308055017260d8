export const emotion = {} as const;
