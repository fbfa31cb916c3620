import type { NodeContext } from '../kit/node-context.ts'

export default (context: NodeContext<{ group: string }>) => {
  const { settings, store } = context
  const groups = store.names.cameraGroups.filter(({ id }) => settings.group === '' || id === settings.group)
  const cameras = new Set(groups.flatMap((group) => group.cameras))
  const devices = new Set(groups.flatMap((group) => group.devices ?? group.cameras))
  const sources = new Set([...groups.map(({ id }) => id), ...cameras])
  const unwell = new Set<string>()

  context.followSensing(['people', 'sighting', 'device-health'], (message) => {
    if (message.type === 'people' && sources.has(message.source)) context.send(message)
    if (message.type === 'sighting' && cameras.has(message.camera)) context.send(message)
    if (message.type !== 'device-health' || !devices.has(message.device)) return
    if (message.state === 'online') unwell.delete(message.device)
    else unwell.add(message.device)
    context.status(unwell.size > 0 ? 'red' : 'green', `${cameras.size} cameras, ${unwell.size} not well`)
    context.send(message)
  })
  return {}
}
