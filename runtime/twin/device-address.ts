import { AisleError } from '../contract/errors.ts'
import type { Profile } from '../profile/profile-schema.ts'

type Device = Profile['devices'][number]
type At<T extends Device['address']['transport']> = Extract<Device['address'], { transport: T }>

/** @throws AisleError `twin-unknown-device` when the device is reached in a way that the twin cannot serve */
export function addressOf<T extends Device['address']['transport']>(
  { id, address }: Pick<Device, 'id' | 'address'>,
  transport: T,
): At<T> {
  if (address.transport === transport) return address as At<T>
  throw new AisleError(
    'twin-unknown-device',
    `The twin serves this device by ${transport}, not ${address.transport}.`,
    {
      where: `devices/${id}`,
      action: `Give it an address with the transport ${transport} for the demonstration.`,
    },
  )
}
