/** What can be ordered of a load cell, whatever its device speaks, and how an order fails. */
import { AisleError } from '../../contract/errors.ts'
import type {
  FlashUse,
  LoadCellOrder,
  PlateDetail,
  RegisterBlock,
  WeightReading,
} from '../../sensing-api/load-cell-client.ts'

export type LoadCellPlace = Pick<PlateDetail, 'device' | 'unit' | 'channel' | 'definition' | 'model' | 'commands'>

/** What can be done to the load cells of a store; the plates are those of the profile. */
export interface LoadCellCommands {
  /** Where the plate is read, and the orders that its device takes. @throws AisleError `plate-unknown` */
  describe(plate: string): LoadCellPlace
  /**
   * Carries out one order and resolves with what was read back afterwards.
   * @throws AisleError `plate-unknown`, `command-unknown`, `command-busy`, `command-refused`, `command-unconfirmed`,
   *   `weight-unfit`, `flash-worn`, `flash-too-often`, and `modbus-…` when the device does not answer
   */
  execute(plate: string, order: LoadCellOrder): Promise<WeightReading>
  /** Words as they stand on the wire, for looking at. @throws AisleError */
  registers(plate: string, at?: { address: number; count: number }): Promise<RegisterBlock[]>
  /** How often the flash of the plate's transmitter was written; undefined: it wears none. */
  flashUse(plate: string): Promise<FlashUse | undefined>
}

export const refused = (plate: string) =>
  new AisleError('command-refused', 'The transmitter did not carry the order out.', {
    where: `plate ${plate}`,
    action: 'Wait until the plate is at rest, check what lies on it, and try again.',
  })

export function unconfirmed(plate: string, order: LoadCellOrder, { grossG, netG }: WeightReading): AisleError {
  const shown = `${grossG ?? 'no weight'} g gross, ${netG ?? 'no'} g net`
  return new AisleError('command-unconfirmed', `After ${order.command} it still shows ${shown}.`, {
    where: `plate ${plate}`,
    action: 'Check that the plate is free and at rest, and that the device is the model that the profile says.',
  })
}

export const unknownPlate = (plate: string) =>
  new AisleError('plate-unknown', `There is no plate ${plate} whose transmitter takes orders.`, {
    action: 'Take the name from the profile.',
  })

export const unknownCommand = (plate: string, command: string, { model, commands }: LoadCellPlace) =>
  new AisleError('command-unknown', `${model} takes no order ${command}.`, {
    where: `plate ${plate}`,
    action: commands.length > 0 ? `It takes ${commands.join(', ')}.` : 'Set it at the device itself.',
  })
