/** What a check of a flow finds. */
export interface FlowProblem {
  /** error: the flow is refused; warning: it is shown before a deploy, which goes on. */
  severity: 'error' | 'warning'
  /** Stable and machine-readable, kebab-case. */
  code: string
  where: FlowPlace
  message: string
  /** One sentence that tells the reader what to do. */
  action: string
}

/** The node that it is about; all null when it is about the whole flow. */
export interface FlowPlace {
  nodeId: string | null
  /** What the node is called, or its type. */
  nodeName: string | null
  /** The tab or subflow that it is on. */
  tab: string | null
}

export const wholeFlow: FlowPlace = { nodeId: null, nodeName: null, tab: null }

/** A problem on one line, for consoles and answers. */
export function problemSentence({ where, message, action }: FlowProblem): string {
  const place = [where.tab, where.nodeName && `"${where.nodeName}" (${where.nodeId})`].filter(Boolean).join(', ')
  return `${place ? `${place}: ` : ''}${message} ${action}`
}
