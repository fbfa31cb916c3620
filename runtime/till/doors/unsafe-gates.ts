/** What an installer has forgotten at a gate, in sentences: without it people depend on a program to get out. */
import type { DeviceCatalogue } from '../../devices/catalogue.ts'
import { contactKinds } from '../../devices/definition-schema.ts'
import type { Profile } from '../../profile/profile-schema.ts'

type Gate = Profile['gates'][number]

export function unsafeGates(
  { gates, devices }: Pick<Profile, 'gates' | 'devices'>,
  definitions: DeviceCatalogue,
): string[] {
  return gates.flatMap((gate) => {
    const device = devices.find(({ id }) => id === gate.contacts)
    // An open door holds nobody, and through an entry nobody leaves.
    if (!device || gate.kind === 'entry') return []
    const definition = definitions.of(device, ...contactKinds)
    if (definition.kind === 'door-controller') {
      return [`Gate ${gate.id} does not open by itself: wire exit button and fire alarm to ${device.id} itself.`]
    }
    const { relays } = definition
    const dropsWhenSilent =
      !('whenSilent' in relays) || relays.whenSilent === 'drop' || relays.pulse?.stepMs !== undefined
    return [
      ...(locksByItself(gate) && dropsWhenSilent && relays.withoutPower === 'drop'
        ? []
        : [`Gate ${gate.id} does not open its exit without power, or without the till: wire a watchdog relay.`]),
      ...(gate.wiring?.fireInput === undefined
        ? [`Gate ${gate.id} does not see a fire alarm: wire one to it, besides the wire that opens it.`]
        : []),
    ]
  })
}

/** Whether what locks the exit is current, so that the exit is open when that ceases. */
const locksByItself = ({ wiring = {} }: Gate) =>
  wiring.watchdogRelay !== undefined || (wiring.exitRelay !== undefined && wiring.exitOpensWhenOff === true)
