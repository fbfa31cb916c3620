import assert from 'node:assert/strict'
import { VirtualClock } from '../../runtime/contract/clock.ts'
import { LoginDelay } from '../../runtime/security/login-delay.ts'
import { SetupCode, setupCodeLifeMs } from '../../runtime/security/setup-code.ts'

describe('the setup code', () => {
  function begin() {
    const clock = new VirtualClock()
    const announced: string[] = []
    const code = new SetupCode({ clock, announce: (text) => announced.push(text) })
    code.begin()
    return { clock, announced, code, latest: () => announced.at(-1) ?? '' }
  }

  it('has 128 random bits, and matches until the owner exists', () => {
    const { code, latest } = begin()
    assert.equal(Buffer.from(latest(), 'base64url').length, 16)
    assert.equal(code.matches(latest()), true)
    assert.equal(code.matches(latest()), true)
    code.end()
    assert.equal(code.matches(latest()), false)
  })

  it('gives way to a new one after 15 minutes', () => {
    const { clock, announced, code } = begin()
    clock.advanceTo(setupCodeLifeMs - 1)
    assert.equal(announced.length, 1)
    clock.advanceTo(setupCodeLifeMs)
    assert.equal(announced.length, 2)
    assert.equal(code.matches(announced[0] ?? ''), false)
    assert.equal(code.matches(announced[1] ?? ''), true)
  })

  it('gives way to a new one at the fifth wrong try', () => {
    const { announced, code } = begin()
    for (let i = 0; i < 5; i++) {
      assert.equal(announced.length, 1)
      assert.equal(code.matches(`guess ${i}`), false)
    }
    assert.equal(announced.length, 2)
    assert.equal(code.matches(announced[0] ?? ''), false)
  })

  it('is announced no more once there is an owner', () => {
    const { clock, announced, code } = begin()
    code.end()
    clock.advanceTo(10 * setupCodeLifeMs)
    assert.equal(announced.length, 1)
  })
})

describe('guessing passwords', () => {
  it('is slowed to ten tries a minute for an account, from however many addresses', () => {
    const clock = new VirtualClock()
    const delay = new LoginDelay(clock)
    const triesOf = (fromMs: number, toMs: number) => {
      let tries = 0
      for (let now = fromMs; now < toMs; now += 100) {
        clock.advanceTo(now)
        if (delay.begin(`10.0.0.${(now / 100) % 250}`, 'Mina') === 0) tries++
      }
      return tries
    }
    assert.ok(triesOf(0, 60_000) <= 16, 'the first minute has the free tries')
    assert.ok(triesOf(60_000, 120_000) <= 10)
  })

  it('never locks the owner out: after a thousand guesses another address waits seconds at most', () => {
    const clock = new VirtualClock()
    const delay = new LoginDelay(clock)
    let guesses = 0
    for (let now = 0; guesses < 1000; now += 1000) {
      clock.advanceTo(now)
      if (delay.begin('10.0.0.66', 'Mina') === 0) guesses++
    }
    const waitMs = delay.begin('10.0.0.2', 'Mina')
    assert.ok(waitMs <= 6000)
    clock.advanceTo(clock.nowMs() + waitMs)
    assert.equal(delay.begin('10.0.0.2', 'Mina'), 0)
  })

  it('leaves the owner a turn while one address goes on guessing as fast as it can', () => {
    const clock = new VirtualClock()
    const delay = new LoginDelay(clock)
    let ownerWaitedMs = 0
    for (let now = 0; now < 600_000; now += 50) {
      clock.advanceTo(now)
      delay.begin('10.0.0.66', 'Mina')
      if (now < 300_000) continue
      if (delay.begin('10.0.0.2', 'Mina') === 0) break
      ownerWaitedMs += 50
    }
    assert.ok(ownerWaitedMs <= 6000, `${ownerWaitedMs} ms`)
  })

  it('forgives typing errors: three are free, and a success forgets them', () => {
    const clock = new VirtualClock()
    const delay = new LoginDelay(clock)
    for (let i = 0; i < 3; i++) assert.equal(delay.begin('10.0.0.2', 'Mina'), 0)
    assert.equal(delay.begin('10.0.0.2', 'Mina'), 1000)
    clock.advanceTo(1000)
    assert.equal(delay.begin('10.0.0.2', 'Mina'), 0)
    delay.succeeded('10.0.0.2', 'Mina')
    assert.equal(delay.begin('10.0.0.2', 'Mina'), 0)
  })

  it('counts tries that are made at the same moment', () => {
    const delay = new LoginDelay(new VirtualClock())
    const waits = Array.from({ length: 50 }, () => delay.begin('10.0.0.66', 'Mina'))
    assert.equal(waits.filter((wait) => wait === 0).length, 3)
  })
})
