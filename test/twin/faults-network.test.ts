import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { SystemClock } from '../../runtime/contract/clock.ts'
import { serveCameras } from '../../runtime/twin/devices/camera.ts'
import { Faults } from '../../runtime/twin/devices/faults.ts'
import { serveCasAscii } from '../../runtime/twin/devices/load-cells/cas-ascii.ts'
import type { Served } from '../../runtime/twin/devices/loopback.ts'
import { serveScanner } from '../../runtime/twin/devices/scanner.ts'
import { cellOf, pause, waitFor } from './devices-support.ts'

describe('a code reader that breaks', () => {
  const faults = new Faults(new SystemClock())

  it('misreads, or reads twice', async () => {
    faults.declare('reader', 'reader')
    const scanner = await serveScanner({ device: 'reader', host: '127.0.0.1', port: 0, faults })
    const socket = connect(scanner.port, '127.0.0.1')
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk
    })
    await once(socket, 'connect')
    await waitFor('the scanner to see its client', () => scanner.sockets.size === 1)
    faults.set('reader', 'garbled', 60)
    scanner.reads('CODE-1234')
    faults.mend()
    faults.set('reader', 'twice', 60)
    scanner.reads('CODE-1234')
    await waitFor('three codes', () => text.split('\r').length === 4)
    const [garbled = '', ...right] = text.split('\r')
    assert.notEqual(garbled, 'CODE-1234')
    assert.equal(garbled.length, 9)
    assert.deepEqual(right, ['CODE-1234', 'CODE-1234', ''])
    socket.destroy()
    await scanner.stop()
  })
})

describe('a camera that breaks', () => {
  it('refuses the password, freezes, is slow', async () => {
    const clock = new SystemClock()
    const faults = new Faults(clock)
    faults.declare('camera', 'camera')
    let shade = 0
    const picture = () => ({ width: 1, height: 1, pixels: Uint8Array.from([40 * shade++, 0, 0]) })
    const cameras = [{ device: 'camera', snapshotPath: '/snap', picture }]
    const served = await serveCameras({ host: '127.0.0.1', port: 0, cameras, clock, wireClock: clock, faults })
    const get = () => fetch(`http://127.0.0.1:${served.port}/snap`)
    const bytes = async () => Buffer.from(await (await get()).arrayBuffer()).toString('hex')
    faults.set('camera', 'wrong-password', 60)
    assert.equal((await get()).status, 401)
    faults.mend()
    assert.notEqual(await bytes(), await bytes())
    faults.set('camera', 'stuck', 60)
    assert.equal(await bytes(), await bytes())
    faults.mend()
    faults.set('camera', 'slow', 60, 80)
    const startedMs = performance.now()
    await bytes()
    assert.ok(performance.now() - startedMs >= 75)
    faults.set('camera', 'offline', 60)
    await assert.rejects(get())
    await served.stop()
  })
})

describe('a weighing indicator with lines of text', () => {
  const clock = new SystemClock()
  let faults: Faults
  let served: Served
  let text: string
  let loadG = 12.3

  beforeEach(async () => {
    faults = new Faults(clock)
    faults.declare('indicator', 'indicator')
    text = ''
    loadG = 12.3
    const cells = new Map([[7, cellOf(() => loadG)]])
    served = await serveCasAscii({
      device: 'indicator',
      host: '127.0.0.1',
      port: 0,
      clock,
      faults,
      cells,
      advance() {},
    })
  })
  afterEach(() => served.stop())

  async function open() {
    const socket = connect(served.port, '127.0.0.1')
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
    })
    socket.on('error', () => {})
    await once(socket, 'connect')
    return socket
  }

  it('sends 22 bytes a reading once it was told to start, blanks between sign and digits', async () => {
    const socket = await open()
    socket.write('07RW\r\n')
    await waitFor('a frame', () => text.length >= 22)
    assert.equal(text, 'ST,GS,\x07\xe4,    12.3  g\r\n')
    loadG = -4.25
    text = ''
    socket.write('07OP\r\n')
    await waitFor('a stream', () => text.split('\r\n').length > 3)
    assert.equal(text.split('\r\n', 2).join(' '), '07OP ST,GS,\x07\xe4,-    4.3  g')
  })

  it('zeroes and tares, and refuses what it does not know', async () => {
    const socket = await open()
    socket.write('07MT\r\n07RW\r\n07XX\r\n09MZ\r\n')
    await waitFor('its answers', () => text.endsWith('?\r\n'))
    assert.deepEqual(text.split('\r\n'), ['07MT', 'ST,NT,\x07\xe3,     0.0  g', '?', ''])
  })

  it('garbles, cuts off, falls silent', async () => {
    const socket = await open()
    for (const [fault, seen] of [
      ['garbled', /[\x80-\xff]T,/],
      ['truncated', /^.{11}$/s],
    ] as const) {
      text = ''
      faults.set('indicator', fault, 60)
      socket.write('07RW\r\n')
      await waitFor(fault, () => seen.test(text))
      faults.mend()
    }
    faults.set('indicator', 'no-answer', 60)
    text = ''
    socket.write('07RW\r\n')
    await pause(50)
    assert.equal(text, '')
  })
})
