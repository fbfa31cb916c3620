/** Who may connect to the embedded broker, and what they may say and hear there. Everything else is refused. */
import { createHash, timingSafeEqual } from 'node:crypto'
import { contactTopics } from '../devices/contact-messages.ts'
import type { Profile } from '../profile/profile-schema.ts'
import type { ProgramSecrets } from '../program/run-settings.ts'
import { handedSecret } from '../security/handed-secret.ts'
import { generatedSecrets } from '../security/secret-names.ts'

export interface BrokerUser {
  name: string
  password: string
  /** It may publish to this topic, or these, and below; null: nowhere. */
  publishes: string | readonly string[] | null
  /** It may hear everything. */
  hearsAll: boolean
  /** Otherwise just these topics. */
  hears?: readonly string[]
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
    const own = [this.#users.get(userName)?.publishes ?? []].flat()
    return own.some((each) => topic === each || topic.startsWith(`${each}/`))
  }

  maySubscribe(userName: string, topic: string): boolean {
    const user = this.#users.get(userName)
    return user?.hearsAll === true || user?.hears?.includes(topic) === true
  }
}

const sameSecret = (given: Uint8Array, expected: string) =>
  timingSafeEqual(createHash('sha256').update(given).digest(), createHash('sha256').update(expected).digest())

/** Sensing hears everything; each device of the profile speaks below its own topic; the till speaks to its gates. */
export function brokerUsers(profile: Profile, secrets: ProgramSecrets): BrokerUser[] {
  const sensing = {
    name: 'sensing',
    password: handedSecret(secrets, generatedSecrets.brokerPasswordSensing),
    publishes: null,
    hearsAll: true,
  }
  const gates = new Set(profile.gates.map(({ contacts }) => contacts))
  const devices = profile.devices.flatMap(({ id, address }): BrokerUser[] => {
    if (address.transport !== 'mqtt') return []
    const password = handedSecret(secrets, generatedSecrets.brokerPasswordDevices)
    const hears = gates.has(id) ? [contactTopics(address.topic).orders] : []
    return [{ name: id, password, publishes: address.topic, hearsAll: false, hears }]
  })
  return [...devices, sensing, ...tillUser(profile, secrets)]
}

/** Only a store whose doors are on MQTT has one. */
function tillUser(profile: Profile, secrets: ProgramSecrets): BrokerUser[] {
  const topicOf = (id: string | undefined) =>
    profile.devices.flatMap(({ id: device, address }) =>
      device === id && address.transport === 'mqtt' ? [address.topic] : [],
    )
  const gates = profile.gates.flatMap(({ contacts }) => topicOf(contacts).map(contactTopics))
  const readers = profile.gates.flatMap(({ reader, otherReaders = [] }) => [reader, ...otherReaders].flatMap(topicOf))
  if (gates.length + readers.length === 0) return []
  return [
    {
      name: 'till',
      password: handedSecret(secrets, generatedSecrets.brokerPasswordTill),
      publishes: gates.map(({ orders }) => orders),
      hearsAll: false,
      hears: [...gates.map(({ contacts }) => contacts), ...readers],
    },
  ]
}
