import type { NodeContext } from '../kit/node-context.ts'

export default (context: NodeContext<{ tell: 'changes' | 'outages' }>) => {
  const unwell = context.kept('unwell', new Map<string, string>()).value

  context.followSensing(['device-health'], (message) => {
    const { device, plate, state, previous } = message
    const name = plate === undefined ? device : `${device}/${plate}`
    if (state === 'online') unwell.delete(name)
    else unwell.set(name, state)
    const [[worst, how] = []] = unwell
    context.status(unwell.size > 0 ? 'red' : 'green', worst ? `${unwell.size} not well: ${worst} ${how}` : 'all well')
    if (context.settings.tell === 'changes' || state === 'offline' || previous === 'offline') context.send(message)
  })
  return {}
}
