/**
 * A program that says that it has started. The flows among such ask once that sensing, the console and they themselves
 * take up what is new, which the console can without an end.
 */
import { existsSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { runProgram } from '../../runtime/program/program.ts'
import type { ProgramName } from '../../runtime/program/run-settings.ts'

const name = basename(process.env.SMALL_PROGRAM ?? '') as ProgramName

runProgram(name, async ({ settings, notice, requestRestart }) => {
  notice(`${name} started`)
  const asked = join(settings.dataDirectory, 'asked')
  if (name === 'flows' && !existsSync(asked)) {
    writeFileSync(asked, '')
    setTimeout(() => requestRestart(['sensing', 'console', 'flows']), 100)
  }
  const renew = async () => true
  return { stop: async () => notice(`${name} stopped`), ...(name === 'console' ? { renew } : {}) }
})
