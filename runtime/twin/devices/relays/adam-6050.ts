/**
 * Advantech ADAM-6050: 12 inputs at 00001 and 6 outputs at 00017, both as coils (ADAM-6000 user's manual, Modbus
 * mapping table); it pulses nothing by a coil. Its host watchdog lets the outputs fall back when nobody asks it.
 */
import type { Clock } from '../../../contract/clock.ts'
import type { RelayModule } from '../../world/gate-mechanics.ts'
import { ModbusRefusal, type ModbusUnit, modbusException } from '../modbus-unit.ts'
import { channelAt, on, relayUnit, requireOnOrOff } from './relay-unit.ts'

const inputs = 12
const outputs = 6
const firstOutput = 16

export function adam6050(module: RelayModule, clock: Clock): ModbusUnit {
  const now = () => clock.nowMs()
  const output = (address: number) => channelAt(address, firstOutput, outputs)
  const input = (address: number) => module.input(channelAt(address, 0, inputs), now())

  return relayUnit({
    requested: () => module.requested(now()),
    coil: (address) => (address < firstOutput ? input(address) : module.relay(output(address))),
    // The same inputs, read as discrete inputs.
    input,
    writeCoil(address, value) {
      if (address < firstOutput) throw new ModbusRefusal(modbusException.illegalAddress)
      requireOnOrOff(value)
      module.setRelay(output(address), value === on, now())
    },
  })
}
