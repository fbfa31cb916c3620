import { loadStore } from '../profile/load-store.ts'
import { runProgram } from '../program/program.ts'
import { startTwin } from './twin.ts'

runProgram('twin', async (context) => startTwin(await loadStore(context.settings.profileDirectory), context))
