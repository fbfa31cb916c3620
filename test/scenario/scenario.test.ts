import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { AisleError } from '../../runtime/contract/errors.ts'
import { mismatches } from '../../runtime/twin/scenario/expectations.ts'
import { fitScenario } from '../../runtime/twin/scenario/load-scenario.ts'
import { runScenario } from '../../runtime/twin/scenario/run-scenario.ts'
import { checkScenario, type Scenario } from '../../runtime/twin/scenario/scenario-schema.ts'
import { loadTwinStore, type TwinStore } from '../../runtime/twin/scenario/scenario-store.ts'

const profile = fileURLToPath(new URL('../../hardware-profiles/corner-shop', import.meta.url))
const aisle = fileURLToPath(new URL('../../bin/aisle.ts', import.meta.url))
const run = promisify(execFile)
const cola = '8801001000016'

const plain = {
  format: 'open-aisle-scenario',
  version: 1,
  title: 'One cola',
  why: 'For this test.',
  seed: 3,
  visits: [
    {
      name: 'anna',
      does: [
        { act: 'take', plate: 'g1-s1-p1', item: 'cola' },
        { act: 'look', durationMs: 800 },
      ],
    },
  ],
} satisfies Scenario

describe('a scenario', function () {
  this.timeout(20_000)
  let store: TwinStore
  before(async () => {
    store = await loadTwinStore(profile)
  })
  const failures = (scenario: Scenario) => mismatches(scenario, runScenario(scenario, store), (sku) => sku)

  it('expects the truth unless it says otherwise', () => {
    assert.deepEqual(failures(plain), [])
    const [visit] = runScenario(plain, store).visits
    assert.deepEqual(visit?.taken, [{ sku: cola, quantity: 1 }])
  })

  it('fails with what was expected and what came out', () => {
    const lines = { outcome: 'lines' as const, why: 'To see it fail.', charged: [] }
    const [failure, ...more] = failures({ ...plain, expect: { visits: { anna: lines } } })
    assert.equal(more.length, 0)
    assert.equal(failure?.expected, 'charged nothing')
    assert.match(failure?.actual ?? '', new RegExp(`^charged 1 × ${cola}`))
  })

  it('fails when the twin could not do what the plan says', () => {
    const goods = [{ sku: cola, pieces: 0 }]
    assert.match(failures({ ...plain, goods })[0]?.actual ?? '', /^unable to take/)
  })

  it('lets nothing be charged that was not taken where nobody can know', () => {
    const ambiguous = { outcome: 'ambiguous' as const, why: 'The plate is dead.' }
    const faults = [{ fault: 'disconnected' as const, plates: ['g1-s1-p1'] }]
    assert.notDeepEqual(failures({ ...plain, faults }), [])
    assert.deepEqual(failures({ ...plain, faults, expect: { visits: { anna: ambiguous } } }), [])
    const sure = { ...ambiguous, sure: [{ sku: cola, quantity: 1 }] }
    assert.notDeepEqual(failures({ ...plain, faults, expect: { visits: { anna: sure } } }), [])
  })

  it('gives the same from the same seed, and other luck from another', () => {
    const text = (seed: number) => JSON.stringify(runScenario(plain, store, seed))
    assert.equal(text(3), text(3))
    assert.notEqual(text(3), text(4))
  })

  it('asks the entry rules at the door', () => {
    const closed = { ...plain, policy: { entry: { otherwise: 'closed' as const } } }
    const [visit] = runScenario(closed, store).visits
    assert.equal(visit?.refused, true)
    assert.deepEqual(visit?.charged, [])
  })

  const refusal = (action: () => unknown): string => {
    try {
      action()
    } catch (error) {
      assert.ok(error instanceof AisleError && error.code === 'scenario-invalid', String(error))
      return error.sentence
    }
    return assert.fail('it was accepted')
  }

  it('says of a file that is wrong where and what', () => {
    const wrong = structuredClone(plain) as unknown as { visits: { does: object[] }[] }
    wrong.visits[0]?.does.push({ act: 'stowe' }, { act: 'wait', durationMS: 5 })
    const sentence = refusal(() => checkScenario(wrong, 'x.json'))
    assert.match(sentence, /^x\.json: .*\/visits\/0\/does\/2\/act is "stowe"/)
    assert.match(sentence, /\/visits\/0\/does\/3\/durationMS is not a known field/)
    assert.match(
      refusal(() => checkScenario({ ...plain, known: '' })),
      /\/known/,
    )
  })

  it('says what the store does not have', () => {
    const misfit = (scenario: Scenario) => refusal(() => fitScenario(scenario, store.loaded, 'x.json'))
    const faults = [{ fault: 'stuck' as const, plates: ['g9-s1-p1'] }]
    assert.match(misfit({ ...plain, faults }), /\/faults\/0\/plates\/0 is "g9-s1-p1", no plate of it/)
    assert.match(misfit({ ...plain, visits: [...plain.visits, ...plain.visits] }), /\/visits\/1\/name is used twice/)
    assert.match(
      misfit({ ...plain, expect: { visits: { bora: { outcome: 'truth' } } } }),
      /bora is the name of no visit/,
    )
    assert.match(misfit({ ...plain, visits: [{ name: 'anna' }] }), /either "does" or "behaviour"/)
  })
})

describe('aisle scenario', function () {
  this.timeout(30_000)
  let folder: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'open-aisle-scenario-'))
    const nothing = { visits: { anna: { outcome: 'lines', why: 'To see it fail.', charged: [] } } }
    await writeFile(join(folder, 'a-passes.json'), JSON.stringify(plain))
    await writeFile(join(folder, 'b-known.json'), JSON.stringify({ ...plain, known: 'Because.', expect: nothing }))
    await writeFile(join(folder, 'c-mended.json'), JSON.stringify({ ...plain, known: 'No more.' }))
  })
  after(() => rm(folder, { recursive: true }))

  it('counts apart what is known to fail, and says when its mark must go', async () => {
    const { stdout } = await run(process.execPath, [aisle, 'scenario', folder])
    assert.match(stdout, /^ok .*One cola/m)
    assert.match(stdout, /known to fail: Because\./)
    assert.match(stdout, /it passes now: remove its mark "known" \(No more\.\)/)
    assert.match(stdout, /\n1 known to fail\n1 known to fail, but pass now\n1 passed, 0 failed\n$/)
  })

  it('ends with 1 when one fails or cannot be read, after all were run', async () => {
    await writeFile(join(folder, 'd-broken.json'), '{"format": "open-aisle-scenario"}')
    const failed = await run(process.execPath, [aisle, 'scenario', folder, '--json']).catch((error) => error)
    assert.equal(failed.code, 1)
    const { passed, failed: count, knownFailing, mended, problems, scenarios } = JSON.parse(failed.stdout)
    assert.deepEqual({ passed, count, knownFailing, mended }, { passed: 1, count: 1, knownFailing: 1, mended: 1 })
    assert.match(problems[0], /d-broken\.json: This scenario does not fit: .*is missing/)
    assert.equal(scenarios.length, 3)
  })
})
