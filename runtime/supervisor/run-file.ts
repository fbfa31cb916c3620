/**
 * `run.json` in a store's data folder: how the store was started and by which process, so that commands such
 * as `aisle record` find it, and so that no second supervisor writes to the same database.
 */
import { writeFileSync } from 'node:fs'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { AisleError } from '../contract/errors.ts'
import type { RunSettings } from '../program/run-settings.ts'

export interface RunFile {
  pid: number
  settings: RunSettings
}

const pathIn = (dataDirectory: string) => join(dataDirectory, 'run.json')

/** @throws AisleError `store-not-running` */
export async function readRunFile(dataDirectory: string): Promise<RunFile> {
  const text = await readFile(pathIn(dataDirectory), 'utf8').catch(() => undefined)
  const run = text === undefined ? undefined : (JSON.parse(text) as RunFile)
  if (run && runs(run.pid)) return run
  throw new AisleError('store-not-running', 'No store is running on this data folder.', {
    where: dataDirectory,
    action: 'Start it with npm start, or name its folder with --data.',
  })
}

/** @throws AisleError `store-running` when another supervisor has this folder */
export async function claimRunFile(settings: RunSettings): Promise<void> {
  await mkdir(settings.dataDirectory, { recursive: true, mode: 0o700 })
  const other = await readRunFile(settings.dataDirectory).catch(() => undefined)
  if (other && other.pid !== process.pid) {
    throw new AisleError('store-running', `The store is running already (process ${other.pid}).`, {
      where: settings.dataDirectory,
      action: 'End it first, or give this one another folder with --data.',
    })
  }
  writeRunFile(settings)
}

/** Says anew how this process's store runs. */
export function writeRunFile(settings: RunSettings): void {
  const run: RunFile = { pid: process.pid, settings }
  writeFileSync(pathIn(settings.dataDirectory), `${JSON.stringify(run, undefined, 2)}\n`, { mode: 0o600 })
}

export async function releaseRunFile(dataDirectory: string): Promise<void> {
  await rm(pathIn(dataDirectory), { force: true })
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
