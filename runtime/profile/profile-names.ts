import type { Profile } from './profile-schema.ts'

/** Names that a flow may use, by the kind of field that offers them. */
export interface ProfileNames {
  /** Groups that hold plates. */
  groups: { id: string; name: string; plates: string[] }[]
  /** Groups that hold cameras. */
  cameraGroups: {
    id: string
    name: string
    cameras: string[]
    /** The cameras' devices: those that health is told of. */
    devices?: string[]
  }[]
  zones: { id: string; name: string }[]
  gates: { id: string }[]
  appliances: { id: string }[]
  /** With the address that announcements are posted to. */
  speakers?: { id: string; url: string }[]
}

export function namesOf(profile: Profile): ProfileNames {
  const groups = profile.groups.map((group) => {
    const fixtures = new Set(group.fixtures)
    const listed = new Set(group.plates)
    const plates = profile.plates.filter((plate) => listed.has(plate.id) || fixtures.has(plate.fixture))
    return { id: group.id, name: group.name, plates: plates.map(({ id }) => id), cameras: group.cameras ?? [] }
  })
  return {
    groups: groups.filter(({ plates }) => plates.length > 0).map(({ id, name, plates }) => ({ id, name, plates })),
    cameraGroups: groups
      .filter(({ cameras }) => cameras.length > 0)
      .map(({ id, name, cameras }) => ({
        ...{ id, name, cameras },
        devices: profile.cameras.filter((camera) => cameras.includes(camera.id)).map(({ device }) => device),
      })),
    zones: profile.zones.map(({ id, name }) => ({ id, name })),
    gates: profile.gates.map(({ id }) => ({ id })),
    appliances: profile.visionAppliances.map(({ id }) => ({ id })),
    speakers: (profile.speakers ?? []).flatMap(({ id, device }) => {
      const address = profile.devices.find((candidate) => candidate.id === device)?.address
      return address?.transport === 'http' ? [{ id, url: address.url }] : []
    }),
  }
}
