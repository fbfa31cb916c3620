import type { NodeContext } from '../kit/node-context.ts'

/** What a restarted flow has to see again, to know who is who on the floor. */
const keepMs = 120_000

export default (context: NodeContext<{ appliance: string }>) => {
  const { settings, store } = context
  const appliances = new Set(store.names.appliances.map(({ id }) => id))
  const isOurs = (source: string) =>
    settings.appliance === '' ? appliances.has(source) : source === settings.appliance

  const take = (message: Parameters<typeof context.send>[0]) => {
    if (message.type === 'people' && !isOurs(message.source)) return
    if (message.type === 'people') context.status('green', `${message.people.length} people`)
    context.send(message)
  }
  context.followSensing(['people', 'sighting'], take, { keepMs })
  return {}
}
