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

  it('joins only ports whose types fit', () => {
    const byId = new Map(flow.map((node) => [node.id, node]))
    for (const node of flow) {
      for (const [port, targets] of (node.wires ?? []).entries()) {
        for (const target of targets) {
          const sent = definitions.get(node.type)?.outputs[port]?.types ?? []
          const taken = definitions.get(byId.get(target)?.type ?? '')?.input?.types
          if (taken)
            deepEqual(
              sent.filter((type) => !taken.includes(type)),
              [],
              `${node.id} to ${target}`,
            )
        }
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
