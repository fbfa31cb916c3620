/**
 * What every program's entry file calls: it waits for the supervisor's start message, runs the program,
 * says that it is alive, and ends it when told to, or when the supervisor is gone.
 */
import { mkdirSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type Logger, pino } from 'pino'
import { type Clock, SystemClock } from '../contract/clock.ts'
import { AisleError, errorSentence } from '../contract/errors.ts'
import type { FromProgram, ProgramName, ProgramSecrets, RunSettings, ToProgram } from './run-settings.ts'

/** What a program gets to work with. */
export interface ProgramContext {
  settings: RunSettings
  secrets: ProgramSecrets
  clock: Clock
  log: Logger
  /** One line on the console of whoever started the store. */
  notice(text: string): void
  /** Lets the demonstration run so many times faster than real time; a live store stays as it is. */
  requestSpeed(scale: number): void
  /** Has these programs end and start anew, this one among them if it is named. */
  requestRestart(programs: ProgramName[]): void
}

/** A running program. */
export interface RunningProgram {
  /**
   * Takes up what changed of what it read at its start, and goes on. False: it cannot, and has to start anew, as every
   * program that has no such thing. What it throws leaves it as it was.
   */
  renew?(): Promise<boolean>
  /** Ends it cleanly; resolves when nothing is left that could be lost. */
  stop(): Promise<void>
}

const aliveIntervalMs = 1000

export function runProgram(name: ProgramName, start: (context: ProgramContext) => Promise<RunningProgram>): void {
  let log: Logger | undefined
  let running: RunningProgram | undefined
  let clock: SystemClock | undefined
  let stopping = false

  const send = (message: FromProgram) => {
    if (process.connected) process.send?.(message)
  }

  const stop = async () => {
    if (stopping) return
    stopping = true
    try {
      await running?.stop()
      process.exit(0)
    } catch (error) {
      log?.error({ error: errorSentence(error) }, 'did not stop cleanly')
      process.exit(1)
    }
  }

  let renewal = Promise.resolve()
  const renew = async () => {
    try {
      if (!(await running?.renew?.())) return await stop()
    } catch (error) {
      log?.error({ error: errorSentence(error) }, 'goes on as it was')
      send({ type: 'notice', text: `${name} goes on as it was: ${errorSentence(error)}` })
    }
    send({ type: 'renewed' })
  }

  const begin = async ({ settings, secrets }: Extract<ToProgram, { type: 'start' }>) => {
    const storeClock = new SystemClock(settings.clock)
    clock = storeClock
    const notice = (text: string) => send({ type: 'notice', text })
    const requestSpeed = (scale: number) => send({ type: 'speed', scale })
    const requestRestart = (programs: ProgramName[]) => send({ type: 'restart', programs })
    try {
      log = openLog(settings.dataDirectory, name)
      running = await start({ settings, secrets, clock: storeClock, log, notice, requestSpeed, requestRestart })
      send({ type: 'ready' })
    } catch (error) {
      fail(error)
    }
  }

  const fail = (error: unknown) => {
    const told =
      error instanceof AisleError
        ? error.toJSON()
        : {
            code: 'program-failed',
            message: errorSentence(error),
            action: `This is a defect; report it with logs/${name}.log.`,
          }
    log?.error(
      { error: error instanceof AisleError ? error.sentence : error instanceof Error ? error.stack : String(error) },
      'failed',
    )
    send({ type: 'failed', error: told as Extract<FromProgram, { type: 'failed' }>['error'] })
    // The message needs a moment to leave; the supervisor restarts what ends with an error.
    setTimeout(() => process.exit(1), 50)
  }

  // From the first moment on: a slow machine may take long to start a program that does not hang.
  setInterval(() => send({ type: 'alive' }), aliveIntervalMs)
  process.on('uncaughtException', fail)
  process.on('unhandledRejection', fail)
  // A program without a supervisor must not go on opening doors or charging cards by itself.
  process.on('disconnect', () => void stop())
  // Ctrl-C reaches the whole process group; the supervisor ends the programs in order.
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => void stop())
  process.on('message', (message: ToProgram) => {
    if (message.type === 'start') void begin(message)
    if (message.type === 'clock') clock?.change(message.clock)
    if (message.type === 'renew') renewal = renewal.then(renew)
    if (message.type === 'stop') void stop()
  })
}

const largestLogBytes = 20e6

/**
 * A program's log: JSON lines in `logs/<program>.log` of the data folder, so that the console has only what its
 * reader wants to know. One older file is kept beside it.
 */
function openLog(dataDirectory: string, name: ProgramName): Logger {
  const path = join(dataDirectory, 'logs', `${name}.log`)
  mkdirSync(join(dataDirectory, 'logs'), { recursive: true, mode: 0o700 })
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > largestLogBytes) renameSync(path, `${path}.1`)
  // Synchronous, so that the last line before a crash is not the one that is missing.
  return pino(
    { name, level: process.env.OPEN_AISLE_LOG_LEVEL ?? 'info' },
    pino.destination({ dest: path, sync: true, mode: 0o600 }),
  )
}
