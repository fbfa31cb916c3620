import { loadStore } from '../profile/load-store.ts'
import { withOwnVision } from '../profile/own-vision.ts'
import { runProgram } from '../program/program.ts'
import { startTwin } from './twin.ts'

runProgram('twin', async (context) => {
  const { settings } = context
  return startTwin(withOwnVision(await loadStore(settings.profileDirectory), settings), context)
})
