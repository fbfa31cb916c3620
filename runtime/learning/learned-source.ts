import type { StoreLayout } from '../profile/layout.ts'
import type { LearnedSource } from '../store/binding.ts'
import type { LearnedFolder } from './learned-folder.ts'
import { learnedGoods } from './learned-goods.ts'

/** What holds, read anew whenever there is a newer version: a running store takes it up without a restart. */
export function learnedSource(folder: LearnedFolder, layout: StoreLayout): LearnedSource {
  let seen: { newest: number; current: ReturnType<LearnedSource['current']> } | undefined
  return {
    current() {
      const { newest } = folder
      if (seen?.newest !== newest) {
        const { number, content } = folder.inForce()
        seen = { newest, current: { number, goods: learnedGoods(content, layout) } }
      }
      return seen.current
    },
  }
}
