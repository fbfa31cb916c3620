/** Which slave stands in for which model; the names are those of the device definitions. */
import { baykonMx08 } from './baykon-mx08.ts'
import { genericRs485 } from './generic-rs485.ts'
import { hbmWtx110 } from './hbm-wtx110.ts'
import { laumasTlb4 } from './laumas-tlb4.ts'
import type { SlaveFactory } from './load-cell.ts'
import { mantracourtDsc } from './mantracourt-dsc.ts'
import { pavoneDat400 } from './pavone-dat400.ts'
import { senecaZeSg3 } from './seneca-ze-sg3.ts'

export const loadCellSlaves: Readonly<Record<string, SlaveFactory>> = {
  'baykon-mx08': baykonMx08,
  'generic-rs485': genericRs485(1),
  'generic-rs485-1': genericRs485(1),
  'generic-rs485-2': genericRs485(2),
  'generic-rs485-4': genericRs485(4),
  'generic-rs485-8': genericRs485(8),
  'hbm-wtx110': hbmWtx110,
  'laumas-tlb4': laumasTlb4,
  'mantracourt-dsc': mantracourtDsc,
  'pavone-dat400': pavoneDat400,
  'seneca-ze-sg3': senecaZeSg3,
}
