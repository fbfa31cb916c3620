/** Looks at pictures of many cameras as fast as it can, as the store's vision program does, until its parent is gone. */
import { join } from 'node:path'
import { root } from '../../bin/store-options.ts'
import { loadModelDefinitions } from '../../runtime/vision/models/model-library.ts'
import { runAfterOthers } from '../../runtime/vision/priority.ts'
import { usualWorkers } from '../../runtime/vision/vision.ts'
import { cameraPictures } from '../vision/pictures.ts'
import { ceilingModel } from '../vision/rendered-detector.ts'
import { openWholePath } from '../vision/whole-path.ts'

process.on('disconnect', () => process.exit(0))
runAfterOthers()
const { cameras } = JSON.parse(process.argv[2] ?? '') as { cameras: number }
const definition = (await loadModelDefinitions(join(root, 'hardware-profiles/models'))).of(ceilingModel, 'detect')
const path = await openWholePath({
  detector: { definition, file: join(root, 'models', `${ceilingModel}.onnx`) },
  pictures: await cameraPictures(8),
  ...{ workers: usualWorkers(), threads: 1, cameras },
})
process.send?.({ type: 'ready' })
await path.asFastAsPossible(Number.POSITIVE_INFINITY)
