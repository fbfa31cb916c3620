import type { ClockRate } from '../contract/clock.ts'

/** What every program is started with. The supervisor makes it; programs trust it. */
export interface RunSettings {
  /** Folder of the store's profile. */
  profileDirectory: string
  /** Where this store's state lives: database, sessions, flows, levels. */
  dataDirectory: string
  /** The address that everything listens on. */
  host: string
  ports: Ports
  /** Faster than real time in an accelerated demonstration; 1 in a shop. */
  clock: ClockRate
  /** Without the twin, against the addresses in the profile. */
  live: boolean
  /** The store watches its cameras itself, also where its profile has an appliance that would. */
  vision?: boolean
  /** What the twin does; ignored by every other program. */
  twin: {
    seed: number
    /** All day, or with `byHour` in the busiest hour of a usual day. */
    shoppersPerHour: number
    byHour?: boolean
    visits: number | null
    /** Which kinds of shoppers come; `demonstration` by default. */
    mix?: ShopperMix
  }
}

export const shopperMixes = ['demonstration', 'lively'] as const
export type ShopperMix = (typeof shopperMixes)[number]

export interface Ports {
  console: number
  editor: number
  till: number
  sensing: number
  broker: number
  phone: number
  /** Of a store that watches its cameras itself. */
  vision?: number
  /** Of a store with kiosks. */
  kiosk?: number
}

export const programNames = [
  'broker',
  'till',
  'sensing',
  'flows',
  'console',
  'phone',
  'kiosk',
  'twin',
  'vision',
] as const
export type ProgramName = (typeof programNames)[number]

/**
 * Secrets that a program is handed at its start, and nothing else of the secret store: names are those of
 * `runtime/security/secret-names.ts`.
 */
export type ProgramSecrets = Record<string, string>

/** Supervisor to program. */
export type ToProgram =
  | { type: 'start'; settings: RunSettings; secrets: ProgramSecrets }
  | { type: 'clock'; clock: ClockRate }
  /** What it read at its start has changed: it takes that up and says so, or ends, to be started anew. */
  | { type: 'renew' }
  | { type: 'stop' }

/** Program to supervisor. */
export type FromProgram =
  | { type: 'ready' }
  | { type: 'failed'; error: { code: string; message: string; where?: string; action: string } }
  /** One line for the console: something that its reader wants to know. */
  | { type: 'notice'; text: string }
  /** Asks for another speed of the whole demonstration. */
  | { type: 'speed'; scale: number }
  /** Asks that these programs take up, or start anew with, what has changed of what they read at their start. */
  | { type: 'restart'; programs: ProgramName[] }
  /** It took up what had changed, and goes on. */
  | { type: 'renewed' }
  /** Sent once a second; a program that stays silent is ended and started again. */
  | { type: 'alive' }
