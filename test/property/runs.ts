/** How many programs of steps are drawn, and from which number. */
export const RUNS = Number(process.env.PROPERTY_RUNS ?? 2000);
export const SEED = Number(process.env.PROPERTY_SEED ?? 20250131);
