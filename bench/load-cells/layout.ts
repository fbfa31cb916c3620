/** The store that is measured: 850 channels behind 14 gateways of 8 units of 8 channels; the last ones have fewer. */

export interface BenchUnit {
  unit: number
  /** Number of its first channel in the store. */
  first: number
  channels: number
}

export function benchGateways(total = 850, units = 8, channels = 8): BenchUnit[][] {
  const gateways: BenchUnit[][] = []
  for (let first = 0; first < total; ) {
    const gateway: BenchUnit[] = []
    for (let unit = 1; unit <= units && first < total; unit++) {
      gateway.push({ unit, first, channels: Math.min(channels, total - first) })
      first += channels
    }
    gateways.push(gateway)
  }
  return gateways
}

/** Milliseconds of the machine's monotonic clock, which all processes share. */
export const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6

export interface Step {
  channel: number
  atMs: number
}

/** What a client process says at the end of its measurement. */
export interface ClientResult {
  cpuPercent: number
  readings: number
  /** By channel. */
  readingsOf: number[]
  seconds: number
  /** When a change was first seen, by channel; for the transport alone. */
  seen: Step[]
  /** When weighing told an event, by channel; empty where there is no weighing. */
  told: Step[]
  /** How long the process was kept from a timer that was due: mostly by what else the machine does. */
  loopDelayP99Ms: number
  residentMb: number
}
