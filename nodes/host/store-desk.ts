/**
 * The store's own files on the desk of whoever edits: all dialogs change them through this one, so that each change is
 * made on top of what was shown, and it is known which programs have not read the newest yet.
 */
import type { DeviceCatalogue } from '../../runtime/devices/catalogue.ts'
import { planGateways, planPublishers, planStreams } from '../../runtime/devices/load-cells/gateway-plan.ts'
import type { LoadedStore } from '../../runtime/profile/load-store.ts'
import { watchesItself } from '../../runtime/profile/own-vision.ts'
import type { StoreChange } from '../../runtime/profile/store-changes.ts'
import { StoreFolder } from '../../runtime/profile/store-folder.ts'
import type { ProgramContext } from '../../runtime/program/program.ts'
import type { ProgramName } from '../../runtime/program/run-settings.ts'
import { programsThatRead } from './store-readers.ts'

export interface StoreDeskOptions {
  profileDirectory: string
  devices: DeviceCatalogue
  /** Whether a vision program runs for a store of this profile. */
  watchesItself(profile: LoadedStore['profile']): boolean
  requestRestart(programs: ProgramName[]): void
  audit(event: string, facts: object): void
}

export class StoreDesk {
  readonly #options: StoreDeskOptions
  readonly #folder: StoreFolder
  readonly #waiting = new Set<ProgramName>()
  /** As it was looked at last; undefined: it could not be read. */
  #seen: Promise<LoadedStore | undefined>

  constructor(options: StoreDeskOptions) {
    this.#options = options
    this.#folder = new StoreFolder(options.profileDirectory, ({ profile }) => {
      // As sensing does it at its start: what no device can do is refused before it is written.
      for (const plan of [planGateways, planStreams, planPublishers]) plan(profile, options.devices)
    })
    // Now, when the programs have just read it: what is changed by hand from here on waits for them, too.
    this.#seen = this.#folder.load().catch(() => undefined)
  }

  /** The store as its files have it now. */
  async look(): Promise<LoadedStore> {
    const [seen, store] = [await this.#seen, await this.#folder.load()]
    if (seen) this.#noteChange(seen, store)
    return store
  }

  /** As it was looked at last: for what is asked many times while somebody drags. */
  async lastLook(): Promise<LoadedStore> {
    return (await this.#seen) ?? (await this.look())
  }

  /** Programs that have not read the newest change. */
  get waiting(): ProgramName[] {
    return [...this.#waiting]
  }

  /** @throws AisleError `store-changed` when the files are not at `revision` any more; what a start would throw */
  async change(revision: string, change: StoreChange) {
    const { before, after } = await this.#folder.change(revision, change)
    this.#noteChange(before, after)
    return { before, saved: { revision: after.hash, waiting: this.waiting } }
  }

  /** Has the programs take up what changed that wait for it. */
  restart(user: string): { programs: ProgramName[] } {
    const programs = this.waiting
    this.#waiting.clear()
    this.#options.audit('programs restarted', { user, programs })
    // The answer goes out first: this program may be one of them.
    if (programs.length > 0) setTimeout(() => this.#options.requestRestart(programs), leaveMs)
    return { programs }
  }

  #noteChange(before: LoadedStore, after: LoadedStore): void {
    const runsVision = this.#options.watchesItself(after.profile)
    for (const program of programsThatRead(before, after)) {
      if (program !== 'vision' || runsVision) this.#waiting.add(program)
    }
    this.#seen = Promise.resolve(after)
  }
}

const leaveMs = 300

/** The desk of the store that runs. */
export function liveStoreDesk(context: ProgramContext & { devices: DeviceCatalogue }): StoreDesk {
  const { settings, log, devices, requestRestart } = context
  return new StoreDesk({
    ...{ profileDirectory: settings.profileDirectory, devices, requestRestart },
    watchesItself: (profile) => watchesItself(profile, settings),
    audit: (event, facts) => log.info(facts, `audit ${event}`),
  })
}
