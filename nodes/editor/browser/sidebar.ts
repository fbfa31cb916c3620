/** The sidebar tab: what is wrong with the flow, and the store as it is now. */
import type { FlowProblem } from '../../../runtime/flow-check/problem.ts'
import { floorPlan } from './floor.ts'
import type { Say } from './form/check.ts'

export function addSidebar(say: Say): { show(problems: FlowProblem[]): void } {
  const content = document.createElement('div')
  content.className = 'aisle-sidebar'
  const list = document.createElement('ul')
  list.className = 'aisle-problems'
  list.setAttribute('aria-live', 'polite')
  content.append(heading(say('sidebar.problems')), list, heading(say('sidebar.store')), floorPlan(say))

  RED.actions.add('open-aisle:show', () => RED.sidebar.show('open-aisle'))
  RED.sidebar.addTab({
    id: 'open-aisle',
    label: 'Open Aisle',
    name: 'Open Aisle',
    iconClass: 'fa fa-shopping-basket',
    content,
    enableOnEdit: true,
    action: 'open-aisle:show',
  })
  const show = (problems: FlowProblem[]) => {
    list.replaceChildren(...(problems.length > 0 ? problems.map(problemItem) : [plainItem(say('problems.none'))]))
  }
  show([])
  return { show }
}

function problemItem(problem: FlowProblem): HTMLElement {
  const { severity, where, message, action } = problem
  const item = document.createElement('li')
  const button = document.createElement('button')
  button.type = 'button'
  button.className = `aisle-problem-item aisle-${severity}`
  const icon = document.createElement('i')
  icon.className = severity === 'error' ? 'fa fa-times-circle' : 'fa fa-warning'
  const place = document.createElement('strong')
  place.textContent = [where.tab, where.nodeName].filter(Boolean).join(' › ')
  const text = document.createElement('span')
  text.textContent = `${message} ${action}`
  button.append(icon, place, text)
  button.addEventListener('click', () => where.nodeId && RED.view.reveal(where.nodeId))
  item.append(button)
  return item
}

function plainItem(text: string): HTMLElement {
  const item = document.createElement('li')
  item.className = 'aisle-none'
  item.textContent = text
  return item
}

function heading(text: string): HTMLElement {
  const element = document.createElement('h3')
  element.textContent = text
  return element
}
