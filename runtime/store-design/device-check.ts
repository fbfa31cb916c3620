/** Whether every device of a profile is of a known model, and of the kind that it is used as. */
import type { DeviceCatalogue } from '../devices/catalogue.ts'
import { contactKinds, type DeviceKind } from '../devices/definition-schema.ts'
import type { Profile } from '../profile/profile-schema.ts'

/** @throws AisleError `device-unknown`, `device-mismatch` for the first that is not */
export function requireKnownDevices(profile: Profile, definitions: DeviceCatalogue): void {
  const uses: { kind: DeviceKind | readonly DeviceKind[]; devices: (string | undefined)[] }[] = [
    { kind: 'reader', devices: profile.gates.flatMap(({ reader, otherReaders = [] }) => [reader, ...otherReaders]) },
    { kind: contactKinds, devices: profile.gates.map(({ contacts }) => contacts) },
    { kind: 'camera', devices: profile.cameras.map(({ device }) => device) },
    { kind: 'vision-appliance', devices: profile.visionAppliances.map(({ device }) => device) },
    { kind: 'speaker', devices: (profile.speakers ?? []).map(({ device }) => device) },
  ]
  const byId = new Map(profile.devices.map((device) => [device.id, device]))
  for (const { kind, devices } of uses) {
    for (const id of devices) {
      const device = id === undefined ? undefined : byId.get(id)
      if (device) definitions.of(device, ...[kind].flat())
    }
  }
}
