import type { LoadCellOrder, WeightReading } from '../../sensing-api/load-cell-client.ts'

/** A reading of zero, of a tare or of the known weight may be off by so much: noise and rounding. */
const toleranceG = 5
const toleranceShare = 0.005

/** Whether what was read back is what the order asks for. */
export function isDone(order: LoadCellOrder, { grossG, netG, tared }: WeightReading): boolean {
  const near = (value: number | null, wantedG: number) =>
    value !== null && Math.abs(value - wantedG) <= Math.max(toleranceG, toleranceShare * Math.abs(wantedG))
  switch (order.command) {
    case 'zero':
    case 'calibrateZero':
      return near(grossG, 0)
    case 'calibrateSpan':
      return near(grossG, order.knownG)
    case 'tare':
      return netG === null ? tared === true : near(netG, 0)
    case 'clearTare':
      // Some only show the gross weight from then on, and keep the tare.
      return tared === null ? grossG !== null && near(netG, grossG) : !tared
  }
}
