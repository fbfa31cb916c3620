/** Who may connect to the embedded broker, and what they may say and hear there. Everything else is refused. */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { Profile } from '../profile/profile-schema.ts'
import type { ProgramSecrets } from '../program/run-settings.ts'
import { handedSecret } from '../security/handed-secret.ts'
import { generatedSecrets } from '../security/secret-names.ts'

export interface BrokerUser {
  name: string
  password: string
  /** It may publish to this topic and below it; null: nowhere. */
  publishes: string | null
  /** It may hear everything. */
  hearsAll: boolean
}

export class BrokerAccess {
  readonly #users: ReadonlyMap<string, BrokerUser>

  constructor(users: readonly BrokerUser[]) {
    this.#users = new Map(users.map((user) => [user.name, user]))
  }

  /**
   * The client id has to be the user's name: MQTT lets a newcomer with the same client id take over the
   * connection, so a free choice of it would let one device cut off another.
   */
  mayConnect(clientId: string, userName: string | undefined, password: Uint8Array | undefined): boolean {
    const user = this.#users.get(userName ?? '')
    // An unknown user costs the same comparison, so that names cannot be told by the time it takes.
    const matches = sameSecret(password ?? Buffer.alloc(0), user?.password ?? '')
    return user !== undefined && user.password !== '' && matches && clientId === user.name
  }

  mayPublish(userName: string, topic: string): boolean {
    const own = this.#users.get(userName)?.publishes
    return typeof own === 'string' && (topic === own || topic.startsWith(`${own}/`))
  }

  maySubscribe(userName: string): boolean {
    return this.#users.get(userName)?.hearsAll === true
  }
}

const sameSecret = (given: Uint8Array, expected: string) =>
  timingSafeEqual(createHash('sha256').update(given).digest(), createHash('sha256').update(expected).digest())

/** Sensing hears everything; each device of the profile speaks below its own topic. */
export function brokerUsers(profile: Profile, secrets: ProgramSecrets): BrokerUser[] {
  const sensing = {
    name: 'sensing',
    password: handedSecret(secrets, generatedSecrets.brokerPasswordSensing),
    publishes: null,
    hearsAll: true,
  }
  const devices = profile.devices.flatMap(({ id, address }) =>
    address.transport === 'mqtt'
      ? [
          {
            name: id,
            password: handedSecret(secrets, generatedSecrets.brokerPasswordDevices),
            publishes: address.topic,
            hearsAll: false,
          },
        ]
      : [],
  )
  return [...devices, sensing]
}
