import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readTruth, score } from '../../runtime/recording/score.ts'
import type { Act } from '../../runtime/twin/shoppers/acts.ts'
import { writeTwinRecording } from '../../runtime/twin/virtual/write-recording.ts'
import type { Coming } from '../../runtime/twin/world/world.ts'
import { cornerShop } from './corner-shop.ts'

const cola = '8801001000016'
const gum = '8801001000207'
const takeCola: Act = { act: 'take', plate: 'g1-s1-p1', item: 'cola' }
const takeGum: Act = { act: 'take', plate: 'g3-s2-p4', item: 'gum' }

describe('people in a recording of the twin', function () {
  this.timeout(30_000)
  let directory: string

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'open-aisle-people-'))
  })
  afterEach(() => rm(directory, { recursive: true }))

  async function recorded(...choices: Coming[]) {
    const { layout, planogram } = await cornerShop()
    const comers = choices.map((choice, i) => ({
      atMs: 0,
      customer: { accountId: `c${i}`, role: 'shopper' as const, credential: `code-${i}`, payment: null },
      choice,
    }))
    await writeTwinRecording(directory, { layout, planogram, seed: 4, comers })
    return JSON.parse(await readFile(join(directory, 'truth.json'), 'utf8'))
  }

  it('pay for what they took, whoever carried it and whoever put it back', async () => {
    const { people, events, handovers, receipts } = await recorded(
      {
        name: 'ann',
        plan: [
          takeCola,
          { ...takeGum, item: 'gum' },
          { act: 'hand-over', item: 'cola', to: 'bob' },
          { act: 'signal', name: 'given' },
        ],
      },
      {
        name: 'bob',
        plan: [
          { act: 'wait-for', name: 'given' },
          { act: 'put-back', item: 'cola', plate: 'g2-s1-p1' },
        ],
      },
    )
    const [ann, bob] = people.map(({ person }: { person: string }) => person)
    assert.deepEqual(
      handovers.map(({ from, to, sku }: Record<string, string>) => [from, to, sku]),
      [[ann, bob, cola]],
    )
    assert.deepEqual(
      events.map(({ person, sku, quantity, plates, payer }: Record<string, unknown>) => [
        person,
        sku,
        quantity,
        plates,
        payer,
      ]),
      [
        [ann, cola, 1, ['g1-s1-p1'], undefined],
        [ann, gum, 1, ['g3-s2-p4'], undefined],
        [bob, cola, -1, ['g2-s1-p1'], ann],
      ],
    )
    assert.deepEqual(receipts, [
      { person: ann, items: [{ sku: gum, quantity: 1 }] },
      { person: bob, items: [] },
    ])
  })

  it('are one shopper with the ids of the whole party, whose scan says how many it admits', async () => {
    const { people, receipts } = await recorded({
      plan: [takeCola],
      companions: [{ plan: [takeGum] }, { child: true }],
    })
    assert.equal(people.length, 1)
    assert.equal(people[0].ids.length, 3)
    assert.deepEqual(receipts[0].items.map(({ sku }: { sku: string }) => sku).sort(), [cola, gum])
    const gate = (await readFile(join(directory, 'gate.jsonl'), 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    assert.deepEqual(
      gate.filter(({ event }) => event === 'scan').map(({ party }) => party),
      [2],
    )
    assert.equal(gate.filter(({ event }) => event === 'pass').length, 4)
    // Receipts of the party's members add up to the party's.
    const members = people[0].ids.map((person: string, i: number) => ({
      person,
      items: receipts[0].items.slice(i, i + 1),
    }))
    assert.equal(score(readTruth(directory), { receipts: members }, []).f1, 1)
  })
})
