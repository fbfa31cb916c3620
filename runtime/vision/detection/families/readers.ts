import type { Detector } from '../../models/model-definition.ts'
import type { FamilyReader } from './family.ts'
import { nanodetReader } from './nanodet.ts'
import { yolov8Reader } from './yolov8.ts'
import { yoloxReader } from './yolox.ts'

/** How the numbers of this model are read. */
export function readerOf(definition: Detector): FamilyReader {
  switch (definition.output.family) {
    case 'yolox':
      return yoloxReader(definition)
    case 'yolov8':
    case 'yolov8-pose':
      return yolov8Reader(definition)
    case 'nanodet':
      return nanodetReader(definition, definition.output.distances)
  }
}
