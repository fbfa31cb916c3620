/** A program that says that it has started; the flows among such ask once that sensing and they themselves start anew. */
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
    setTimeout(() => requestRestart(['sensing', 'flows']), 100)
  }
  return { stop: async () => notice(`${name} stopped`) }
})
