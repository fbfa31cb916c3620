import assert from 'node:assert/strict'
import type { LiveEvent } from '../../runtime/console/pages/live-view.ts'
import { readUntil } from './read-live.ts'
import { request, startTestConsole, type TestConsole } from './running-console.ts'
import { visit } from './scene.ts'

describe('playing with the simulation on the store page', () => {
  let running: TestConsole
  before(async () => {
    running = await startTestConsole()
  })
  after(() => running.stop())

  const play = async (what: string, body: object) => {
    const answer = await request(running, `/api/simulation/${what}`, { body })
    return { status: answer.status, ...((await answer.json()) as { code?: string; message?: string }) }
  }
  const told = (wanted: (event: Extract<LiveEvent, { type: 'simulation' }>) => boolean) =>
    readUntil(running, (event) => event.type === 'simulation' && wanted(event))

  it('offers what there is to play with, in both languages', async () => {
    const choices = await (await request(running, '/api/simulation')).json()
    assert.deepEqual(choices.behaviours, ['buyer'])
    assert.deepEqual(choices.acts[0].fields, [
      { name: 'durationMs', title: 'Duration', description: '', kind: 'number', choices: [], required: true },
    ])
    assert.equal(choices.kinds[0].title.ko, '로드셀')
    assert.deepEqual(choices.kinds[0].things, ['g1-s1-p1', 'g1-s1-p2'])
    assert.equal(choices.names.plates.length, 24)
  })

  it('pauses it, lets it go on and changes its speed, and tells every page', async () => {
    const paused = told(({ simulation }) => simulation?.paused === true)
    assert.equal((await play('run', { running: false })).status, 200)
    await paused
    const faster = told(({ simulation }) => simulation?.speed === 5 && !simulation.paused)
    await play('run', { running: true })
    await play('speed', { scale: 5 })
    await faster
  })

  it('adds a shopper of a kind or with a plan, and says who did so', async () => {
    const plan = [{ act: 'wait', durationMs: 100 }]
    await play('shopper', { behaviour: 'buyer' })
    await play('shopper', { plan })
    assert.deepEqual(running.twin.asked, [
      ['shopper', { behaviour: 'buyer' }],
      ['shopper', { plan }],
    ])
    assert.ok(JSON.stringify(running.logged).includes('"user":"Mina"'))
  })

  it('breaks and mends', async () => {
    const broken = told(({ simulation }) => simulation?.broken.length === 1)
    await play('break', { device: 'g1-s1-p1', fault: 'disconnected', seconds: 60 })
    const event = (await broken).findLast(({ type }) => type === 'simulation')
    assert.deepEqual(event?.type === 'simulation' && event.simulation?.broken, [
      { thing: 'g1-s1-p1', kind: 'plate', fault: 'disconnected', degree: null, untilMs: 61_000 },
    ])
    await play('mend', { device: 'g1-s1-p1' })
    assert.deepEqual(running.twin.broken, [])
  })

  it('passes on in words what the simulation refuses', async () => {
    const refused = await play('break', { device: 'g1-s1-p1', fault: 'bored', seconds: 60 })
    assert.equal(refused.status, 400)
    assert.equal(refused.message, 'A plate has no fault "bored".')
  })

  it('takes nothing malformed', async () => {
    const wrong: [string, object][] = [
      ['run', { running: 'yes' }],
      ['speed', { scale: 1000 }],
      ['shopper', { plan: [{ name: 'no act' }] }],
      ['shopper', { plan: [] }],
      ['shopper', { behaviour: '../secrets' }],
      ['break', { device: 'g1-s1-p1', fault: 'disconnected', seconds: 0 }],
      ['mend', { everything: true }],
    ]
    for (const [what, body] of wrong) {
      assert.equal((await play(what, body)).code, 'request-invalid', JSON.stringify(body))
    }
  })

  it('tells what a simulated shopper really did, and nothing of others', async () => {
    const opened = visit('v-1')
    running.twin.visits = [
      { accountId: 'account-1', enteredAtMs: 0, items: [], events: [] },
      {
        accountId: 'account-1',
        enteredAtMs: opened.enteredAtMs,
        items: [{ sku: running.store.layout.products[0]?.sku ?? '', quantity: 2 }],
        events: [{ fromMs: 5, sku: 'unheard-of', quantity: 1, plate: 'g1-s1-p1' }],
      },
    ]
    await running.till.tell({ type: 'visit-changed', data: opened })
    let answer = await request(running, '/api/simulation/visits/v-1')
    // Told once the console follows the till; it asks every second.
    while (answer.status === 404) {
      await new Promise((resolve) => setTimeout(resolve, 50))
      answer = await request(running, '/api/simulation/visits/v-1')
    }
    const truth = await answer.json()
    assert.equal(truth.items[0].name, running.store.layout.products[0]?.name)
    assert.deepEqual(truth.moves, [{ atMs: 5, quantity: 1, plate: 'g1-s1-p1', name: 'unheard-of' }])
    assert.equal((await request(running, '/api/simulation/visits/v-9')).status, 404)
  })

  it('says that the simulation is away, and goes on when it is back', async () => {
    running.twin.away = true
    await told(({ simulation }) => simulation === null)
    assert.equal((await play('run', { running: false })).status, 503)
    running.twin.away = false
    await told(({ simulation }) => simulation !== null)
  })
})
