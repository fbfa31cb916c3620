/** Checks one node by itself: its type, its fields, its settings, and what may not be written in a flow. */
import type { CheckedNode } from './catalogue.ts'
import type { FlowNode } from './flow-shape.ts'
import type { FlowProblem } from './problem.ts'
import type { ReadFlow } from './read-flow.ts'

/** What the editor itself knows, without any node being installed for it. */
const structural = new Set(['tab', 'subflow', 'group', 'junction', 'global-config'])

/** What the editor may write into a node of any type. */
const commonFields = new Set(
  'id type z g d l x y w h wires name info env icon inputLabels outputLabels credentials version store'.split(' '),
)

export function checkNode(node: FlowNode, flow: ReadFlow): FlowProblem[] {
  const type = flow.typeOf(node)
  return [
    ...checkType(node, flow),
    ...checkTab(node, flow),
    ...(type
      ? [...checkFields(node, type, flow), ...checkSettings(node, type, flow), ...checkStore(node, type, flow)]
      : []),
    ...checkUrls(node, flow),
  ]
}

function checkType(node: FlowNode, flow: ReadFlow): FlowProblem[] {
  const { typed, others } = flow.catalogue
  if (typed.has(node.type) || structural.has(node.type)) return []
  if (node.type.startsWith('subflow:')) {
    const id = node.type.slice('subflow:'.length)
    if (flow.byId.get(id)?.type === 'subflow') return []
    return [
      error(node, flow, 'flow-missing-subflow', `Its subflow ${id} is not in the flow.`, 'Export the flow with it.'),
    ]
  }
  if (others === null || others.has(node.type)) return []
  return [
    error(
      node,
      flow,
      'flow-unknown-type',
      `No node of type "${node.type}" is installed.`,
      'Remove the node; with it, no flow of the store would start.',
    ),
  ]
}

function checkTab(node: FlowNode, flow: ReadFlow): FlowProblem[] {
  if (node.z === undefined || node.z === '' || flow.byId.has(node.z)) return []
  const message = `It is on a tab (${node.z}) that is not in the flow.`
  return [error(node, flow, 'flow-missing-tab', message, 'Export the flow with its tab, or remove the node.')]
}

function checkFields(node: FlowNode, type: CheckedNode, flow: ReadFlow): FlowProblem[] {
  const known = (type.settings as { properties?: object }).properties ?? {}
  // Before its migrations have run, an older node may have fields that are gone today.
  if (type.migrations.some(({ version }) => version > savedVersion(node))) return []
  return Object.keys(node)
    .filter((field) => !commonFields.has(field) && !Object.hasOwn(known, field))
    .map((field) =>
      error(
        node,
        flow,
        'flow-unknown-field',
        `It has a field "${field.slice(0, 60)}" that its type does not know.`,
        `Known are ${Object.keys(known).join(', ') || 'none beside its name'}; correct the spelling or remove it.`,
      ),
    )
}

function checkSettings(node: FlowNode, type: CheckedNode, flow: ReadFlow): FlowProblem[] {
  if (savedVersion(node) > type.version) {
    const message = `It was saved by a newer Open Aisle (settings version ${savedVersion(node)}, here ${type.version}).`
    return [
      error(node, flow, 'flow-newer-version', message, 'Update Open Aisle, or export the flow from this version.'),
    ]
  }
  // `${NAME}` is replaced when the flow starts; until then nobody knows whether it fits.
  const written = Object.entries(node).filter(([, value]) => !isEnvironmentName(value))
  return type
    .checkSettings(Object.fromEntries(written))
    .map(({ pointer, message }) =>
      error(
        node,
        flow,
        'flow-setting-invalid',
        `${pointer.slice(1).replaceAll('/', ' › ') || 'A setting'} ${message}.`,
        "Open the node's dialog and correct it.",
      ),
    )
}

/** A node without one was saved before versions began. */
const savedVersion = (node: FlowNode): number => (typeof node.version === 'number' ? node.version : 0)

const isEnvironmentName = (value: unknown) => typeof value === 'string' && /^\$\{[^}]+\}$/.test(value)

function checkStore(node: FlowNode, type: CheckedNode, flow: ReadFlow): FlowProblem[] {
  if (type.kind === 'config') return []
  const store = typeof node.store === 'string' ? flow.byId.get(node.store) : undefined
  if (store && flow.typeOf(store)?.kind === 'config') return []
  return [
    {
      severity: 'warning',
      code: 'flow-no-store',
      where: flow.place(node),
      message: 'It is bound to no store, so it does nothing.',
      action: "Open the node's dialog and choose the store.",
    },
  ]
}

/** Whoever may read a flow would read the password; exports would carry it away. */
function checkUrls(node: FlowNode, flow: ReadFlow): FlowProblem[] {
  if (!/:\/\/[^\s"/?#@]*:[^\s"/?#@]*@/.test(JSON.stringify(node))) return []
  return [
    error(
      node,
      flow,
      'flow-password-in-url',
      'It holds an address with a user name and a password in it.',
      "Write the address without them and enter them in the node's credential fields, which no export contains.",
    ),
  ]
}

function error(node: FlowNode, flow: ReadFlow, code: string, message: string, action: string): FlowProblem {
  return { severity: 'error', code, where: flow.place(node), message, action }
}
