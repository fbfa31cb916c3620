/** Which slave stands in for which model; the names are those of the device definitions. */
import { baykonMx08 } from './baykon-mx08.ts'
import type { SlaveFactory } from './load-cell.ts'

export const loadCellSlaves: Readonly<Record<string, SlaveFactory>> = {
  'baykon-mx08': baykonMx08,
}
