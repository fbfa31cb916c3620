import { businessId } from '../kit/business-id.ts'
import type { NodeContext } from '../kit/node-context.ts'

export default (context: NodeContext<{ group: string }>) => {
  const { settings, store } = context
  const group = store.names.groups.find(({ id }) => id === settings.group)
  const plates = group && new Set(group.plates)
  const isOurs = (plate: string) => plates?.has(plate) ?? true
  let events = 0

  context.followSensing(['weight-event', 'device-health'], async (message) => {
    if (message.type === 'device-health') {
      if (message.plate !== undefined ? isOurs(message.plate) : !plates) context.send(message)
      return
    }
    if (!message.plates.some(({ plate }) => isOurs(plate))) return
    // Journalled before sensing may forget it and before anybody looks at it: from here on no crash loses it.
    await context.tell({
      type: 'add-evidence',
      commandId: businessId('seen', message.eventId, message.revision),
      evidence: [{ event: message, near: null, sighted: [] }],
    })
    context.status('green', `${++events} weight events`)
    context.send(message)
  })
  return {}
}
