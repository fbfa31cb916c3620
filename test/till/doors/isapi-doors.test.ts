import assert from 'node:assert/strict'
import { join } from 'node:path'
import { pino } from 'pino'
import { SystemClock } from '../../../runtime/contract/clock.ts'
import { loadDeviceDefinitions } from '../../../runtime/devices/catalogue.ts'
import { IsapiDoors } from '../../../runtime/till/doors/isapi-doors.ts'
import { Faults } from '../../../runtime/twin/devices/faults.ts'
import { type HikvisionDoor, serveHikvisionDoor } from '../../../runtime/twin/devices/hikvision-door.ts'
import { GateMechanics, RelayModule } from '../../../runtime/twin/world/gate-mechanics.ts'
import { waitFor } from '../support/wait.ts'

const clock = new SystemClock()
const catalogue = await loadDeviceDefinitions(join(import.meta.dirname, '../../../hardware-profiles/devices'))
const login = 'open-aisle:password of the test'

describe('doors behind a Hikvision controller', () => {
  const faults = new Faults(clock)
  let module: RelayModule
  let gate: GateMechanics
  let served: HikvisionDoor
  let said: string[]
  let doors: IsapiDoors

  beforeEach(async () => {
    faults.declare('doors', 'door-controller')
    faults.mend()
    said = []
    module = new RelayModule()
    gate = new GateMechanics('gate-1', module, { entryRelay: 1, exitRelay: 2 })
    served = await serveHikvisionDoor({
      ...{ device: 'doors', host: '127.0.0.1', port: 0, login, module, clock, faults },
    })
  })
  afterEach(async () => {
    await doors.stop([])
    await served.stop()
  })

  const turns = (direction: 'in' | 'out') => gate.turns(direction, clock.nowMs())

  function start(password = login): void {
    const url = `http://127.0.0.1:${served.port}`
    const address = { transport: 'http' as const, url, login: 'door-login' }
    const definition = catalogue.of({ id: 'doors', definition: 'hikvision-door', address }, 'door-controller')
    const log = pino({ level: 'warn' }, { write: (line: string) => said.push(line) })
    doors = new IsapiDoors({ name: 'doors', url, login: password, definition, clock, log })
    doors.start(() => {})
  }

  it('open once for whoever is admitted, and as long as somebody may want out', async () => {
    start()
    await waitFor('it to be online', () => doors.online)
    assert.equal(turns('in'), false)
    doors.pulse(1)
    await waitFor('the entry to open', () => turns('in'))
    doors.set(2, true)
    await waitFor('the exit to open', () => turns('out'))
    doors.set(2, false)
    await waitFor('the exit to close', () => !module.relay(2))
  })

  it('are told what was wanted last when the controller is back', async () => {
    start()
    await waitFor('it to be online', () => doors.online)
    faults.set('doors', 'offline', 1000)
    doors.set(2, false)
    doors.set(2, true)
    await waitFor('it to be offline', () => !doors.online)
    faults.mend('doors')
    await waitFor('the exit to open', () => turns('out'))
  })

  it('stay closed to a wrong password, which is not tried again at once: such devices lock accounts', async () => {
    start('open-aisle:wrong')
    doors.pulse(1)
    await waitFor('the refusal', () => said.some((line) => line.includes('refuses user name')))
    const { length } = said
    const requests = served.requests()
    for (let i = 0; i < 5; i++) doors.pulse(1)
    await waitFor('an answer to each', () => said.length >= length + 5)
    // The question whether it is there may have been under way.
    assert.ok(served.requests() <= requests + 2, `${served.requests() - requests} more`)
    assert.deepEqual([doors.online, module.relay(1)], [false, false])
  })
})
