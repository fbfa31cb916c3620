/**
 * The editor's plugin in the browser: Node-RED loads it before the nodes, whose dialogs are made here. It adds the
 * sidebar with the floor plan and what is wrong with the flow.
 */

import { addCameraPanel } from './cameras/panel.ts'
import type { Say } from './form/check.ts'
import { checkField, openForm, saveForm } from './form/dialog.ts'
import { addLoadCellPanel } from './load-cells/panel.ts'
import { watchFlow } from './problems.ts'
import { addSidebar } from './sidebar.ts'
import { addStyles } from './styles.ts'
import { upgradeImports } from './upgrade.ts'

/** A text of the plugin in the editor's language. */
const say = (key: string, values?: Record<string, unknown>) => RED._(`open-aisle/editor:${key}`, values)

/** What dialogs show besides their fields, of the group that is chosen in them. */
const panels: Record<string, (form: HTMLElement, group: HTMLSelectElement, say: Say) => void> = {
  'aisle-load-cells': addLoadCellPanel,
  'aisle-cameras': addCameraPanel,
}

/** What the nodes' registrations call. */
const openAisle = {
  openForm(node: EditorNode) {
    const form = openForm(node, say)
    const group = form?.querySelector<HTMLSelectElement>('#node-input-group')
    if (form && group) panels[node.type]?.(form, group, say)
  },
  saveForm,
  checkField: (node: EditorNode, name: string, value: unknown) => checkField(node, name, value, say),
}
Object.assign(window, { openAisle })

RED.plugins.registerPlugin('open-aisle-editor', {
  type: 'open-aisle',
  onadd() {
    addStyles()
    upgradeImports()
    const sidebar = addSidebar(say)
    watchFlow(say, (problems) => sidebar.show(problems))
  },
})
