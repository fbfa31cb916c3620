/**
 * Waveshare's Modbus relay with 8 relays and 8 inputs (wiki, development protocol V2): function 5 at 0x0000 + relay
 * takes FF00, 0000 and 5500 (toggle), at 0x00FF all relays at once; at 0x0200 + relay it "flashes" the relay on for
 * n x 100 ms, n at most 0x7FFF. It has no watchdog: whatever is on stays on.
 */
import { type Clock, SystemClock, type Timer } from '../../../contract/clock.ts'
import type { RelayModule } from '../../world/gate-mechanics.ts'
import { ModbusRefusal, type ModbusUnit, modbusException } from '../modbus-unit.ts'
import { channelAt, on, relayUnit, requireOnOrOff } from './relay-unit.ts'

const count = 8
const allRelays = 0x00ff
const flashOn = 0x0200
const toggle = 0x5500
const longestFlash = 0x7fff
const flashStepMs = 100

export function waveshareRelay(module: RelayModule, clock: Clock): ModbusUnit {
  module.hasWatchdog = false
  const now = () => clock.nowMs()
  // What it times itself is as long as it is, however fast the store's time runs.
  const own = new SystemClock()
  const flashes = new Map<number, Timer>()

  function set(relay: number, closed: boolean): void {
    own.clear(flashes.get(relay))
    flashes.delete(relay)
    module.setRelay(relay, closed, now())
  }

  function flash(relay: number, steps: number): void {
    if (steps < 1 || steps > longestFlash) throw new ModbusRefusal(modbusException.illegalValue)
    set(relay, true)
    flashes.set(
      relay,
      own.after(steps * flashStepMs, () => set(relay, false)),
    )
  }

  return relayUnit({
    coil: (address) => module.relay(channelAt(address, 0, count)),
    input: (address) => module.input(channelAt(address, 0, count), now()),
    writeCoil(address, value) {
      if (address >= flashOn) return flash(channelAt(address, flashOn, count), value)
      const relays =
        address === allRelays ? Array.from({ length: count }, (_, i) => i + 1) : [channelAt(address, 0, count)]
      if (value !== toggle) requireOnOrOff(value)
      for (const relay of relays) set(relay, value === toggle ? !module.relay(relay) : value === on)
    },
  })
}
