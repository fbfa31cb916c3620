/** The program "flows": Node-RED with our nodes, behind the store's login. */
import { fileURLToPath } from 'node:url'
import { loadStore } from '../../runtime/profile/load-store.ts'
import { runProgram } from '../../runtime/program/program.ts'
import { runFlows } from './flows-program.ts'
import { liveBinding } from './store-binding.ts'

runProgram('flows', async (context) => {
  const store = await loadStore(context.settings.profileDirectory)
  return await runFlows({
    ...context,
    packageDirectory: fileURLToPath(new URL('../../', import.meta.url)),
    store,
    binding: liveBinding(store, context),
  })
})
