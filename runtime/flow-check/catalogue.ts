/** The node types that a flow may be made of, as far as the check needs to know them. */
import type { TSchema } from 'typebox'
import type { MessageType } from '../contract/messages.ts'
import { compileCheck, type Problem } from '../contract/schema.ts'

/** What a node's definition tells; the definitions in `nodes/` have this form. */
export interface TypedNode {
  type: string
  kind: 'config' | 'node'
  version: number
  input: { types: readonly MessageType[] } | null
  outputs: readonly { name: string; types: readonly MessageType[] }[]
  settings: TSchema
  migrations: readonly { version: number; up(settings: Record<string, unknown>): Record<string, unknown> }[]
}

/** A typed node with its settings' check compiled. */
export interface CheckedNode extends TypedNode {
  /** What is wrong with the settings of a node as a flow has saved it. */
  checkSettings(saved: Record<string, unknown>): Problem[]
}

export interface FlowCatalogue {
  /** Nodes whose settings and ports are known. */
  typed: ReadonlyMap<string, CheckedNode>
  /** Types of all other nodes that are installed; null while that is not known, then any is accepted. */
  others: ReadonlySet<string> | null
}

/** Brings saved settings up to what the definition wants today, as the node itself does it. */
export type MigrateSettings<D> = (definition: D, saved: Record<string, unknown>) => Record<string, unknown>

export function flowCatalogue<D extends TypedNode>(
  definitions: readonly D[],
  migrate: MigrateSettings<D>,
  others: ReadonlySet<string> | null,
): FlowCatalogue {
  const checked = definitions.map((definition): CheckedNode => {
    const check = compileCheck(definition.settings)
    return { ...definition, checkSettings: (saved) => check(migrate(definition, saved)) }
  })
  return { typed: new Map(checked.map((node) => [node.type, node])), others }
}
