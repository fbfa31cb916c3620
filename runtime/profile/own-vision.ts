/**
 * A store that watches its cameras itself: the vision program stands where an appliance would, as a device on the
 * store's broker, so that whoever hears of people need not know which of the two sees them.
 */
import { AisleError } from '../contract/errors.ts'
import type { LoadedStore } from './load-store.ts'
import type { Profile } from './profile-schema.ts'

/** The vision program's name as a device: its user at the broker, and in what is told of its health. */
export const ownVisionDevice = 'own-vision'

/** How a store is started, as `RunSettings` has it. */
interface Start {
  live: boolean
  vision?: boolean
}

/**
 * Whether the store is to watch its cameras itself: when it is told to, or when a live one has no appliance.
 * @throws AisleError `vision-no-cameras`
 */
export function watchesItself(profile: Profile, start: Start): boolean {
  return watchingGroup(profile, start) !== undefined
}

/**
 * The store as its programs see it, with its own vision in place of appliances where it {@link watchesItself}.
 * @throws AisleError `vision-no-cameras`
 */
export function withOwnVision(store: LoadedStore, start: Start): LoadedStore {
  const { profile } = store
  const group = watchingGroup(profile, start)
  if (!group) return store
  const replaced = new Set([ownVisionDevice, ...profile.visionAppliances.map(({ device }) => device)])
  const device: Profile['devices'][number] = {
    id: ownVisionDevice,
    definition: 'people-mqtt',
    address: { transport: 'mqtt', topic: `${profile.storeId}/${ownVisionDevice}` },
  }
  return {
    ...store,
    profile: {
      ...profile,
      // Flows know people by the group of cameras that saw them.
      visionAppliances: [{ id: group.id, device: ownVisionDevice }],
      devices: [...profile.devices.filter(({ id }) => !replaced.has(id)), device],
    },
  }
}

export interface OwnVision {
  /** The group of cameras, as flows know it. */
  source: string
  /** Below which it publishes. */
  topic: string
  cameras: Profile['cameras']
}

/** @param profile as {@link withOwnVision} gave it; null where somebody else watches, or nobody */
export function ownVisionOf(profile: Profile): OwnVision | null {
  const source = profile.visionAppliances.find(({ device }) => device === ownVisionDevice)?.id
  const address = profile.devices.find(({ id }) => id === ownVisionDevice)?.address
  if (source === undefined || address?.transport !== 'mqtt') return null
  return { source, topic: address.topic, cameras: profile.cameras }
}

/** A person walks from camera to camera, so all are watched together; flows know them by one group. */
function watchingGroup({ storeId, groups, visionAppliances }: Profile, { live, vision }: Start) {
  const sized = groups.filter(({ cameras = [] }) => cameras.length > 0)
  const [largest] = sized.toSorted((a, b) => (b.cameras?.length ?? 0) - (a.cameras?.length ?? 0))
  if (vision && !largest) {
    throw new AisleError('vision-no-cameras', `The profile of ${storeId} has no group of cameras.`, {
      action: 'Give its groups one with cameras, or start it without --vision.',
    })
  }
  return vision || (live && visionAppliances.length === 0) ? largest : undefined
}
