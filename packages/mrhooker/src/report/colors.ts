import type { createColors } from 'picocolors';

/** Paints, or leaves as it is where colours have no place. */
export type Colors = ReturnType<typeof createColors>;
