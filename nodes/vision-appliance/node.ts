import type { NodeContext } from '../kit/node-context.ts'

/** What a restarted flow has to see again, to know who is who on the floor. */
const keepMs = 120_000

export default (context: NodeContext<{ appliance: string }>) => {
  const { appliance } = context.settings
  // What the store's own cameras see comes from the cameras node; all the rest is from appliances.
  const cameras = new Set(context.store.names.cameraGroups.flatMap((group) => [group.id, ...group.cameras]))
  const isOurs = (source: string) => (appliance === '' ? !cameras.has(source) : source === appliance)

  const take = (message: Parameters<typeof context.send>[0]) => {
    if (message.type === 'people' && !isOurs(message.source)) return
    if (message.type === 'people') context.status('green', `${message.people.length} people`)
    context.send(message)
  }
  context.followSensing(['people', 'sighting'], take, { keepMs })
  return {}
}
