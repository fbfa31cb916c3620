/**
 * Moxa ioLogik E1214: 6 relays, 6 inputs. Coils 0-5 are the relays, coils 16-21 start a pulse that the module
 * ends by itself (ioLogik E1200 user's manual, p. 91); discrete inputs 0-5, their counters two words each from
 * input register 16 on. Its watchdog lets the relays drop when nobody asks it any more.
 */
import type { Clock } from '../../../contract/clock.ts'
import type { RelayModule } from '../../world/gate-mechanics.ts'
import { ModbusRefusal, type ModbusUnit, modbusException } from '../modbus-unit.ts'
import { channelAt, on, relayUnit, requireOnOrOff } from './relay-unit.ts'

const count = 6
const pulseCoil = 16
const counterRegister = 16
/** As the module is set up for a turnstile. */
const pulseMs = 200

export function e1214(module: RelayModule, clock: Clock): ModbusUnit {
  const now = () => clock.nowMs()
  const relayOf = (coil: number) => channelAt(coil, coil >= pulseCoil ? pulseCoil : 0, count)

  return relayUnit({
    requested: () => module.requested(now()),
    coil: (address) => module.relay(relayOf(address)),
    input: (address) => module.input(channelAt(address, 0, count), now()),
    writeCoil(address, value) {
      requireOnOrOff(value)
      const relay = relayOf(address)
      module.setRelay(relay, value === on, now())
      if (address >= pulseCoil && value === on) clock.after(pulseMs, () => module.setRelay(relay, false, now()))
    },
    registers(first, length) {
      const words = Array.from({ length: count }, (_, i) => module.count(i + 1)).flatMap((n) => [n >>> 16, n & 0xffff])
      const from = first - counterRegister
      if (from < 0 || from + length > words.length) throw new ModbusRefusal(modbusException.illegalAddress)
      return words.slice(from, from + length)
    },
  })
}
