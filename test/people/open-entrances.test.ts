import assert from 'node:assert/strict'
import { envelope } from '../../runtime/contract/messages.ts'
import { KioskWatch } from '../../runtime/people/kiosk-watch.ts'
import { PersonTracker } from '../../runtime/people/person-tracker.ts'
import { VisitBinding, type WalkIn } from '../../runtime/people/visit-binding.ts'
import type { Gate, StoreLayout } from '../../runtime/profile/layout.ts'
import type { VisitSnapshot } from '../../runtime/till-api/events.ts'
import { people, smallStore } from '../fusion/small-store.ts'

type Floor = Record<string, [number, number]>

const doorway: [number, number] = [4.5, 0.5]
const inside: [number, number] = [2, 2]
const before: [number, number] = [1, 1]
const open: StoreLayout = { ...smallStore, gates: [{ ...(smallStore.gates[0] as Gate), open: true }] }
const zoneM: Gate['zoneM'] = [
  [0.5, 0.5],
  [1.5, 0.5],
  [1.5, 1.5],
  [0.5, 1.5],
]

/** A store with an open entrance, and a till that opens the visits of those who walk in. */
class Shop {
  readonly #tracker: PersonTracker
  readonly binding: VisitBinding
  readonly #kiosks = new KioskWatch([{ id: 'kiosk-1', zoneM }])
  atMs = 0
  readonly walkIns: WalkIn[] = []
  readonly exits: string[] = []
  readonly told: unknown[] = []
  /** False: the till does not answer. */
  opens = true

  constructor(layout = open) {
    this.#tracker = new PersonTracker(layout)
    this.binding = new VisitBinding(layout)
  }

  /** The floor looks like this for so long, ten frames a second. */
  see(floor: Floor, forMs = 500, headHeightM = 1.7): this {
    for (const untilMs = this.atMs + forMs; this.atMs < untilMs; this.atMs += 100) {
      const seen = Object.entries(floor).map(([id, head]) => [id, { head, headHeightM }] as const)
      const frame = this.#tracker.observe(people(this.atMs, Object.fromEntries(seen)))
      for (const step of this.binding.onPeople(frame)) {
        if (step.step === 'exit') this.exits.push(`${step.personIds} at ${step.atMs}`)
      }
      for (const walkIn of this.binding.walkIns()) {
        this.walkIns.push(walkIn)
        if (this.opens) this.visit(`visit-of-${walkIn.personId}`, [walkIn.personId])
      }
      this.told.push(...this.#kiosks.observe(frame, this.binding).map(({ presence }) => presence))
    }
    return this
  }

  visit(visitId: string, personIds: string[]): this {
    const visit = {
      ...{ visitId, accountId: null, role: 'unknown', party: 1, state: 'open', gate: 'gate', openedAtMs: this.atMs },
      ...{ enteredAtMs: this.atMs, exitedAtMs: null, personIds },
      ...{ basket: null, decision: null, payment: null, receipt: null },
    } satisfies VisitSnapshot
    this.binding.onVisit(visit)
    return this
  }
}

describe('an open entrance', () => {
  it('gives a visit to whoever comes from outside and goes in, once', () => {
    const shop = new Shop().see({}).see({ anna: doorway }).see({ anna: inside }, 3000)
    assert.deepEqual(shop.walkIns, [{ gate: 'gate', personId: 'anna', atMs: 1000 }])
  })

  it('gives none to whoever looks in and turns round, nor to whoever was inside before', () => {
    const shop = new Shop().see({ ben: inside }, 2000).see({ anna: doorway, ben: inside })
    shop.see({ anna: inside, ben: inside }, 600).see({ anna: doorway, ben: doorway }).see({ ben: inside }, 3000)
    assert.deepEqual(shop.walkIns, [])
  })

  it('leaves whoever showed a code there first to their own visit', () => {
    const shop = new Shop().see({}).see({ anna: doorway }).visit('own', [])
    const pass = { type: 'gate-pass', ...envelope('small', 0, shop.atMs), passId: 'p', gate: 'gate' } as const
    shop.binding.onPass({ ...pass, direction: 'in', visitId: 'own' })
    shop.see({ anna: inside }, 3000)
    assert.deepEqual([shop.walkIns, shop.binding.visitOf('anna')], [[], 'own'])
  })

  it('gives none where a gate asks', () => {
    assert.deepEqual(new Shop(smallStore).see({}).see({ anna: doorway }).see({ anna: inside }, 3000).walkIns, [])
  })

  it('gives a child to whoever it came in behind', () => {
    const shop = new Shop().see({}).see({ anna: doorway }).see({ anna: inside }, 2000)
    const small = { anna: inside, kid: doorway }
    shop.see(small, 500, 1.1).see({ anna: inside, kid: [2.5, 2] }, 4000, 1.1)
    assert.deepEqual(
      shop.walkIns.map(({ personId }) => personId),
      ['anna'],
    )
    assert.equal(shop.binding.visitOf('kid'), 'visit-of-anna')
  })

  it('ends the visit of whoever is seen no more in the doorway, when they were seen there last', () => {
    const shop = new Shop().see({}).see({ anna: doorway }).see({ anna: inside }, 2000).see({ anna: doorway })
    assert.deepEqual(shop.see({}, 2500).exits, [])
    assert.deepEqual(shop.see({}, 2500).exits, ['anna at 3400'])
  })

  it('takes whoever comes in where somebody has just left for somebody new', () => {
    const shop = new Shop().see({}).see({ anna: doorway }).see({ anna: inside }, 2000).see({ anna: doorway })
    shop.see({}, 500).see({ ben: doorway }).see({ ben: inside }, 4000)
    assert.deepEqual(
      shop.walkIns.map(({ personId }) => personId),
      ['anna', 'ben'],
    )
    assert.deepEqual(shop.exits, ['anna at 3400'])
  })

  it('ends no visit while the vision is away, nor of whoever is hidden inside for a while', () => {
    const shop = new Shop().see({}).see({ anna: doorway }).see({ anna: inside }, 2000).see({ anna: doorway })
    shop.atMs += 60_000
    assert.deepEqual(shop.see({ anna: doorway }, 200).exits, [])
    assert.deepEqual(shop.see({ anna: inside }, 500).see({}, 30_000).see({ anna: inside }).exits, [])
  })

  it('ends in time the visit of whoever was lost inside, unless somebody is there who may be the one', () => {
    const shop = new Shop().see({}).see({ anna: doorway }).see({ anna: inside }, 2000)
    assert.deepEqual(shop.see({ who: [3, 3] }, 70_000).exits, [])
    assert.deepEqual(shop.see({}, 500).exits, ['anna at 2900'])
  })
})

describe('before a kiosk', () => {
  const comeIn = () => new Shop().see({}).see({ anna: doorway }).see({ anna: inside }, 2000)
  const last = (shop: Shop) => shop.told.at(-1)

  it('stands whoever is in its zone, by their visits', () => {
    const shop = comeIn().see({ anna: before })
    assert.deepEqual(last(shop), { visitIds: ['visit-of-anna'], strangers: 0, lostVisitIds: [] })
    assert.deepEqual(last(shop.see({ anna: inside }, 2000)), { visitIds: [], strangers: 0, lostVisitIds: [] })
  })

  it('is told again from time to time, so that the till knows that somebody looks', () => {
    const shop = comeIn().see({ anna: before })
    const times = shop.told.length
    shop.see({ anna: before }, 4200)
    assert.equal(shop.told.length, times + 2)
  })

  it('stands a stranger, when nobody knows whose track that is; their visit is one of those whom nobody sees', () => {
    const shop = comeIn()
      .see({ ben: [8, 8] }, 12_000)
      .see({ ben: before }, 2000)
    assert.deepEqual(last(shop), { visitIds: [], strangers: 1, lostVisitIds: ['visit-of-anna'] })
  })
})
