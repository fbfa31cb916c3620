/** One colour for each shopper, the same on the floor plan and on their basket. */

/** Colours in the style sheets: `--aisle-shopper-0` to `--aisle-shopper-7`. */
const colors = 8
const colorOf = new Map<string, number>()

/** Visits that follow each other get different colours. */
export function shopperColor(visitId: string | null): string {
  if (visitId === null) return 'var(--aisle-shopper-unknown)'
  const known = colorOf.get(visitId) ?? colorOf.size % colors
  colorOf.set(visitId, known)
  return `var(--aisle-shopper-${known})`
}

/** The last digits of a visit's id, to tell shoppers apart by more than colour. */
export function shortVisitName(visitId: string): string {
  return /[A-Za-z0-9]{1,3}$/.exec(visitId)?.[0] ?? visitId
}
