import type { HealthState } from '../contract/messages.ts'

/** What is known of a device, or of one of its plates; told when it changes. */
export interface HealthReport {
  device: string
  plate?: string
  state: HealthState
  /** In words: what was seen and what to do. */
  reason: string
}
