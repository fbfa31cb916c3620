/** A load cell that breaks on demand. */
import type { Clock } from '../../contract/clock.ts'
import { hashGaussian, streamOf } from '../world/hash-noise.ts'
import type { Faults } from './faults.ts'
import type { LoadCellPhysics } from './load-cells/load-cell.ts'

/** Far beyond what any converter still shows as a weight. */
const saturatedShare = 2
const underloadShare = -0.5

export function breakableCell(
  plate: string,
  cell: LoadCellPhysics,
  { clock, faults }: { clock: Clock; faults: Faults },
): LoadCellPhysics {
  const stream = streamOf(plate)
  let kept = { sinceMs: Number.NaN, grams: 0 }

  /** A stuck converter goes on showing what it showed last. */
  function stuckG(): number | undefined {
    const stuck = faults.find(plate, 'stuck')
    if (!stuck) return undefined
    if (kept.sinceMs !== stuck.sinceMs) kept = { sinceMs: stuck.sinceMs, grams: cell.grams() }
    return kept.grams
  }

  function brokenG(): number {
    const nowMs = clock.nowMs()
    if (faults.active(plate, 'saturated')) return saturatedShare * cell.ratingG
    if (faults.active(plate, 'underload')) return underloadShare * cell.ratingG
    let grams = cell.grams()
    const drift = faults.find(plate, 'drifting')
    if (drift) grams += ((drift.value ?? 0) * (nowMs - drift.sinceMs)) / 60_000
    const noiseG = faults.value(plate, 'noisy')
    if (noiseG !== undefined) grams += noiseG * hashGaussian(0, stream, Math.floor(nowMs) & 0x7fffffff)
    return faults.active(plate, 'flipped') ? -grams : grams
  }

  return {
    ratingG: cell.ratingG,
    connected: () => cell.connected() && !faults.active(plate, 'disconnected'),
    grams: () => (faults.isWhole(plate) ? cell.grams() : (stuckG() ?? brokenG())),
    moving() {
      if (faults.isWhole(plate)) return cell.moving()
      if (faults.active(plate, 'noisy')) return true
      return !faults.active(plate, 'stuck') && cell.moving()
    },
  }
}
