/** Node-RED without its editor and without a server, in the process of a command. Once in a process. */
import { fileURLToPath } from 'node:url'
import { loadNodeFolders } from '../../build/node-folders.ts'
import { type FlowCatalogue, flowCatalogue } from '../../runtime/flow-check/catalogue.ts'
import type { StoreBinding } from '../../runtime/store/binding.ts'
import { headlessSettings } from '../../settings.ts'
import { migrateSettings } from '../kit/migrate-settings.ts'
import { installedTypes, nodeRed } from './node-red.ts'

const packageDirectory = fileURLToPath(new URL('../../', import.meta.url))

/** Runs `task` with the catalogue of all installed nodes while an empty Node-RED runs. */
export async function withNodeRed<T>(
  options: { openAisle?: StoreBinding; onError(text: string): void },
  task: (catalogue: FlowCatalogue) => Promise<T>,
): Promise<T> {
  nodeRed.init(null, headlessSettings({ packageDirectory, ...options }))
  await nodeRed.start()
  try {
    const definitions = (await loadNodeFolders(packageDirectory)).map((folder) => folder.definition)
    return await task(flowCatalogue(definitions, migrateSettings, installedTypes()))
  } finally {
    await nodeRed.stop()
  }
}
