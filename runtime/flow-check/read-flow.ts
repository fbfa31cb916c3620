import type { CheckedNode, FlowCatalogue } from './catalogue.ts'
import type { FlowNode } from './flow-shape.ts'
import type { FlowPlace } from './problem.ts'

/** A flow whose shape is sound, with what the checks ask of it. */
export interface ReadFlow {
  nodes: readonly FlowNode[]
  byId: ReadonlyMap<string, FlowNode>
  catalogue: FlowCatalogue
  typeOf(node: FlowNode): CheckedNode | undefined
  /** Neither it nor its tab is disabled. */
  isActive(node: FlowNode): boolean
  place(node: FlowNode): FlowPlace
}

export function readFlow(nodes: readonly FlowNode[], catalogue: FlowCatalogue): ReadFlow {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const tabOf = (node: FlowNode) => (node.z === undefined ? undefined : byId.get(node.z))
  return {
    nodes,
    byId,
    catalogue,
    typeOf: (node) => catalogue.typed.get(node.type),
    isActive: (node) => node.d !== true && tabOf(node)?.disabled !== true,
    place: (node) => ({
      nodeId: node.id,
      nodeName: node.name || node.label || node.type.replace(/^aisle-/, '').replaceAll('-', ' '),
      tab: tabOf(node)?.label ?? tabOf(node)?.name ?? null,
    }),
  }
}
