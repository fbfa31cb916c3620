/** The nodes are what is in `nodes/`: every folder with an index is one. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { NodeDefinition } from '../nodes/kit/definition.ts'

export interface NodeFolder {
  /** Its name, as in `aisle-NAME`. */
  name: string
  path: string
  definition: NodeDefinition
}

export function nodeFolderNames(root: string): string[] {
  return readdirSync(join(root, 'nodes'))
    .filter((name) => existsSync(join(root, 'nodes', name, 'index.ts')))
    .sort()
}

export async function loadNodeFolders(root: string): Promise<NodeFolder[]> {
  return await Promise.all(
    nodeFolderNames(root).map(async (name) => {
      const path = join(root, 'nodes', name)
      const { default: definition } = (await import(pathToFileURL(join(path, 'definition.ts')).href)) as {
        default: NodeDefinition
      }
      return { name, path, definition }
    }),
  )
}
