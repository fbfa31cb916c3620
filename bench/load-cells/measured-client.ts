/** What every measured client process does around its work: it says when it is ready, and what it has used. */
import type { ClientResult, Step } from './layout.ts'

export interface ClientSettings {
  ports: number[]
  hz: number
  behindLine: boolean
}

export const clientSettings = JSON.parse(process.argv[2] ?? '{}') as ClientSettings

export class Measurement {
  readings = 0
  seen: Step[] = []
  told: Step[] = []
  isOn = false
}

export function runClient(measurement: Measurement): void {
  let startedNs = 0n
  let used: NodeJS.CpuUsage | undefined
  process.on('message', ({ type }: { type: string }) => {
    if (type === 'begin') {
      measurement.readings = 0
      measurement.seen = []
      measurement.told = []
      measurement.isOn = true
      startedNs = process.hrtime.bigint()
      used = process.cpuUsage()
    }
    if (type === 'end') {
      const { user, system } = process.cpuUsage(used)
      const seconds = Number(process.hrtime.bigint() - startedNs) / 1e9
      measurement.isOn = false
      const result: ClientResult = {
        cpuPercent: (user + system) / 1e4 / seconds,
        readings: measurement.readings,
        seconds,
        seen: measurement.seen,
        told: measurement.told,
        residentMb: process.memoryUsage.rss() / 1e6,
      }
      process.send?.({ type: 'result', result })
    }
  })
  process.on('disconnect', () => process.exit(0))
  process.send?.({ type: 'ready' })
}
