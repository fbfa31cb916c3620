/** What the editor's plugin gets from the program around Node-RED. */
import type { Response } from 'express'
import { LiveStore } from '../../runtime/console/live-store.ts'
import { streamLive } from '../../runtime/console/live-stream.ts'
import type { FloorPlanLayout } from '../../runtime/console/pages/live-view.ts'
import { floorPlanOf } from '../../runtime/console/store-view.ts'
import { SystemClock } from '../../runtime/contract/clock.ts'
import type { FlowCatalogue } from '../../runtime/flow-check/catalogue.ts'
import { checkFlow } from '../../runtime/flow-check/check-flow.ts'
import type { FlowProblem } from '../../runtime/flow-check/problem.ts'
import type { LoadedStore } from '../../runtime/profile/load-store.ts'
import type { SessionReader } from '../../runtime/security/session-register.ts'
import type { ProfileNames, StoreBinding } from '../../runtime/store/binding.ts'
import type { CameraDesk } from './camera-desk.ts'
import type { LoadCellDesk } from './load-cell-desk.ts'

export interface EditorParts {
  packageDirectory: string
  store: LoadedStore
  binding: StoreBinding
  readSession: SessionReader
  loadCells: LoadCellDesk
  cameras: CameraDesk
}

export class EditorServices {
  readonly names: ProfileNames
  readonly floorPlan: FloorPlanLayout
  /** Where the flows lie that come with Open Aisle. */
  readonly flowsDirectory: string
  readonly loadCells: LoadCellDesk
  readonly cameras: CameraDesk
  readonly #parts: EditorParts
  readonly #catalogue: () => FlowCatalogue
  readonly #wallClock = new SystemClock()
  #live: LiveStore | undefined
  #watching = 0

  constructor(parts: EditorParts, catalogue: () => FlowCatalogue) {
    this.#parts = parts
    this.#catalogue = catalogue
    this.names = parts.binding.names
    this.floorPlan = floorPlanOf(parts.store)
    this.loadCells = parts.loadCells
    this.cameras = parts.cameras
    this.flowsDirectory = `${parts.packageDirectory}/flows`
  }

  checkFlow(flow: unknown): FlowProblem[] {
    return checkFlow(flow, this.#catalogue())
  }

  /** Streams what happens in the store. It is followed only while somebody looks. */
  streamLive(response: Response): void {
    this.#live ??= this.#follow()
    this.#watching++
    response.on('close', () => {
      if (--this.#watching === 0) this.stop()
    })
    streamLive(this.#live, response, {
      clock: this.#wallClock,
      isAllowed: () => this.#parts.readSession(response.req.headers.cookie) !== null,
    })
  }

  stop(): void {
    this.#live?.stop()
    this.#live = undefined
  }

  #follow(): LiveStore {
    const { till, sensing, layout } = this.#parts.binding
    const live = new LiveStore({
      till,
      sensing,
      consumer: 'editor',
      products: layout.products,
      zones: layout.zones,
      wallClock: this.#wallClock,
    })
    live.start()
    return live
  }
}
