import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { VirtualClock } from '../../runtime/contract/clock.ts'
import { FlashBudget } from '../../runtime/devices/load-cells/flash-budget.ts'

describe('the budget of flash writes', () => {
  const unit = 'gateway-1 unit 3'
  const startMs = 1_800_000_000_000
  let directory: string
  let file: string
  let clock: VirtualClock
  const restarted = () => new FlashBudget(file, clock)

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'flash-'))
    file = join(directory, 'flash-writes.json')
    clock = new VirtualClock(startMs)
  })
  afterEach(() => rm(directory, { recursive: true }))

  it('refuses what the flash would not survive, and counts nothing of it', async () => {
    const budget = restarted()
    await budget.spend(unit, 4, 5)
    await assert.rejects(budget.spend(unit, 2, 5), { code: 'flash-worn', where: unit })
    assert.equal(await budget.used(unit), 4)
    await budget.spend(unit, 1, 5)
    await budget.spend('gateway-1 unit 4', 5, 5)
  })

  it('goes on counting after a restart', async () => {
    await restarted().spend(unit, 3, 5)
    const budget = restarted()
    assert.equal(await budget.used(unit), 3)
    await assert.rejects(budget.spend(unit, 3, 5), { code: 'flash-worn' })
  })

  it('counts orders that come at once one by one, and all of them are on disk', async () => {
    const budget = restarted()
    await Promise.all(Array.from({ length: 20 }, () => budget.spend(unit, 1, 1000)))
    assert.equal(await budget.used(unit), 20)
    assert.equal(await restarted().used(unit), 20)
  })

  it('stops a loop within the hour', async () => {
    const budget = restarted()
    await budget.spend(unit, 60, 10_000)
    await assert.rejects(budget.spend(unit, 1, 10_000), { code: 'flash-too-often' })
    clock.advanceTo(startMs + 3_600_000)
    await budget.spend(unit, 1, 10_000)
  })

  it('writes nothing while its own count is damaged', async () => {
    await writeFile(file, '{"version":1,"writes":')
    await assert.rejects(restarted().spend(unit, 1, 10_000), { code: 'flash-count-damaged' })
    assert.equal(await readFile(file, 'utf8'), '{"version":1,"writes":')
  })
})
