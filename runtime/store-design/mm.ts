/** Metres to the millimetre: what a person can measure, and files that stay the same on every machine. */
export const mm = (metres: number): number => Math.round(metres * 1000) / 1000
