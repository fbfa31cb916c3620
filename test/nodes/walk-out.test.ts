import { deepEqual, ok } from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { loadNodeFolders } from '../../build/node-folders.ts'
import type { NodeDefinition } from '../../nodes/kit/definition.ts'
import { migrateSettings } from '../../nodes/kit/migrate-settings.ts'
import { flowCatalogue } from '../../runtime/flow-check/catalogue.ts'
import { checkFlow } from '../../runtime/flow-check/check-flow.ts'

interface SavedNode {
  id: string
  type: string
  wires?: string[][]
  [field: string]: unknown
}

const root = fileURLToPath(new URL('../../', import.meta.url))
const flow = JSON.parse(readFileSync(`${root}flows/walk-out.json`, 'utf8')) as SavedNode[]

describe('the walk-out flow', () => {
  let definitions: Map<string, NodeDefinition>
  before(async () => {
    definitions = new Map((await loadNodeFolders(root)).map(({ definition }) => [definition.type, definition]))
  })

  it('uses every node', () => {
    const used = new Set(flow.map(({ type }) => type))
    deepEqual(
      [...definitions.keys()].filter((type) => !used.has(type)),
      [],
    )
  })

  it('links groups by pairs of the same name, and wires only within a group', () => {
    const byId = new Map(flow.map((node) => [node.id, node]))
    for (const node of flow) {
      for (const target of (node.wires ?? []).flat()) deepEqual(byId.get(target)?.g, node.g, `${node.id} to ${target}`)
      for (const other of (node.links ?? []) as string[]) {
        const end = byId.get(other)
        deepEqual(end?.name, node.name, `${node.id} and ${other}`)
        ok((end?.links as string[] | undefined)?.includes(node.id), `${other} back to ${node.id}`)
      }
    }
  })

  it('passes the check that stands before a deploy', () => {
    const catalogue = flowCatalogue([...definitions.values()], migrateSettings, null)
    deepEqual(checkFlow(flow, catalogue), [])
  })

  it('saves every setting at its current version, and names no profile, host or port', () => {
    for (const node of flow) {
      const definition = definitions.get(node.type)
      if (!definition) continue
      deepEqual(
        migrateSettings(definition, node),
        Object.fromEntries(Object.keys(migrateSettings(definition, {})).map((name) => [name, node[name]])),
      )
      deepEqual(node.version, definition.version)
    }
    ok(!/\d+\.\d+\.\d+\.\d+|localhost|corner-shop/.test(JSON.stringify(flow)))
  })
})
