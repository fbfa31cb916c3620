/** The till's entry file. */
import { join } from 'node:path'
import { runProgram } from '../program/program.ts'
import { startTill } from './till.ts'

runProgram('till', (context) =>
  startTill(context, {
    deviceDefinitions: join(import.meta.dirname, '../../hardware-profiles/devices'),
    random: { next: Math.random },
  }),
)
