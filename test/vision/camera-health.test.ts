import assert from 'node:assert/strict'
import { VirtualClock } from '../../runtime/contract/clock.ts'
import type { HealthReport } from '../../runtime/devices/health-report.ts'
import { CameraReports } from '../../runtime/devices/vision/camera-reports.ts'
import { CameraBoard } from '../../runtime/vision/camera-board.ts'

describe('the health of cameras that the vision program watches', () => {
  let clock: VirtualClock
  let heard: HealthReport[]
  let refused: unknown[]
  let reports: CameraReports
  let board: CameraBoard

  beforeEach(() => {
    clock = new VirtualClock()
    heard = []
    refused = []
    reports = new CameraReports({
      ...{ topic: 'shop/own-vision', devices: ['camera-1', 'camera-2'], wireClock: clock },
      onHealth: (report) => heard.push(report),
      onRefused: (error) => refused.push(error),
    })
    board = new CameraBoard(clock, (all) => say(all))
    reports.start()
    board.start()
  })
  afterEach(() => {
    reports.stop()
    board.stop()
  })

  const say = (told: unknown) => reports.take('shop/own-vision/cameras', Buffer.from(JSON.stringify(told)))
  const online = (device: string): HealthReport => ({ device, state: 'online', reason: 'Pictures come.' })
  const last = (device: string) => heard.findLast((report) => report.device === device)?.state

  it('comes as its source tells it, and again and again for whoever missed it', () => {
    board.heard(online('camera-1'))
    assert.deepEqual(heard, [online('camera-1')])
    clock.advanceTo(60_000)
    assert.ok(heard.length > 10)
    assert.ok(heard.every(({ device, state }) => device === 'camera-1' && state === 'online'))
  })

  it('is noisy from a picture that cannot be decoded to the next that can', () => {
    board.heard(online('camera-1'))
    board.broke('camera-1', 'half a picture')
    assert.equal(last('camera-1'), 'noisy')
    board.shown('camera-1')
    assert.equal(last('camera-1'), 'online')
  })

  it('is late while detection does not get to its pictures', () => {
    board.heard(online('camera-1'))
    board.looked('camera-1', { state: 'late', reason: '2 of its 10 pictures a second are looked at.' })
    assert.equal(last('camera-1'), 'late')
    board.looked('camera-1', undefined)
    assert.equal(last('camera-1'), 'online')
  })

  it('of a camera that sends nothing is what its source says', () => {
    board.heard(online('camera-1'))
    board.broke('camera-1', 'half a picture')
    board.heard({ device: 'camera-1', state: 'offline', reason: 'It sends nothing.' })
    assert.equal(last('camera-1'), 'offline')
  })

  it('is offline for all when the vision program is silent', () => {
    board.heard(online('camera-1'))
    board.stop()
    clock.advanceTo(20_000)
    assert.deepEqual([last('camera-1'), last('camera-2')], ['offline', 'offline'])
  })

  it('is not believed of anything but cameras, nor what is no report', () => {
    say([{ device: 'weighing-gateway', state: 'offline', reason: 'It says so.' }])
    assert.deepEqual(heard, [])
    say({ device: 'camera-1' })
    assert.equal(refused.length, 1)
  })
})
